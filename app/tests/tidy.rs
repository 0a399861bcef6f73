//! Rules of the architecture that the compiler does not hold: who may depend on whom,
//! and what no file may hold.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot look has failed")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Modules of the engine from bottom to top: each may import those before it.
const LAYERS: [&str; 13] = [
    "parallel",
    "time",
    "theory",
    "model",
    "smf",
    "edit",
    "doc",
    "sequence",
    "io",
    "audio",
    "library",
    "project_file",
    "studio",
];
/// May see every layer, and is seen by none.
const TESTKIT: &str = "testkit";
/// A file past this wants splitting by job.
const LONGEST_FILE: usize = 800;

#[test]
fn the_engine_knows_no_interface() {
    for features in [&["--all-features"][..], &[]] {
        let packages = tree("midi-daw-engine", features);
        let interface = ["egui", "eframe", "wgpu", "winit", "puffin_egui", "midi-daw"];
        assert_eq!(named(&packages, &interface), [""; 0], "with {features:?}");
    }
}

#[test]
fn the_profiling_crate_stands_alone() {
    let packages = tree("midi-daw-profiling", &["--all-features"]);
    let ours = ["midi-daw", "midi-daw-engine", "midi-daw-benches"];
    assert_eq!(named(&packages, &ours), [""; 0]);
}

#[test]
fn without_its_overlay_the_profiling_crate_knows_no_egui() {
    let packages = tree("midi-daw-profiling", &[]);
    assert_eq!(named(&packages, &["egui", "puffin_egui", "wgpu"]), [""; 0]);
}

#[test]
fn only_the_application_asks_for_the_overlay() {
    let metadata: Value = serde_json::from_slice(&cargo(&[
        "metadata",
        "--format-version=1",
        "--no-deps",
        "--locked",
    ]))
    .expect("cargo writes JSON");
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().unwrap_or_default();
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        for profiling in dependencies.iter().filter(|it| it["name"] == "midi-daw-profiling") {
            assert_eq!(profiling["uses_default_features"], false, "{name}");
            let overlay = profiling["features"].as_array().is_some_and(|on| !on.is_empty());
            assert_eq!(overlay, name == "midi-daw", "{name}");
        }
    }
}

#[test]
fn inside_the_engine_imports_point_down() {
    let source = root().join("engine/src");
    let mut offences = Vec::new();
    for file in files_under(&source, &["rs"]) {
        let inside = file.strip_prefix(&source).expect("it lies there");
        let Some(module) = layer_of(inside) else { continue };
        if module == TESTKIT {
            continue;
        }
        let place = LAYERS.iter().position(|layer| *layer == module);
        let place = place.unwrap_or_else(|| panic!("{module} has no place among the layers"));
        for imported in imports(&read(&file), depth_of(inside)) {
            let above = LAYERS.iter().skip(place + 1).any(|layer| **layer == imported);
            if above || imported == TESTKIT {
                offences.push(format!("{}: crate::{imported}", inside.display()));
            }
        }
    }
    assert_eq!(offences, [""; 0]);
}

#[test]
fn no_source_file_is_longer_than_it_reads_well() {
    let long: BTreeMap<String, usize> = sources(&["rs"])
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .collect();
    assert_eq!(long, BTreeMap::new());
}

#[test]
fn nothing_is_left_unfinished() {
    // Written in two halves, so that this file does not accuse itself.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("#[ign", "ore"),
        concat!("coming ", "soon"),
    ];
    assert_eq!(lines_with(&words), [""; 0]);
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    let folders = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/wo", "rk/"),
        concat!("C:\\Us", "ers"),
    ];
    assert_eq!(lines_with(&folders), [""; 0]);
}

/// `PATH:LINE: TEXT` of every line that holds one of `needles`.
fn lines_with(needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources(&["rs", "sh", "md", "toml", "wgsl", "run"]) {
        for (number, line) in text.lines().enumerate() {
            if needles.iter().any(|needle| line.contains(needle)) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    found
}

/// The crate's modules that `source` imports outside its tests; it lies `depth` modules deep.
fn imports(source: &str, depth: usize) -> Vec<String> {
    let code: String = source
        .lines()
        .take_while(|line| line.trim() != "mod tests {")
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let climb = "super::".repeat(depth);
    let mut found = Vec::new();
    for prefix in ["crate::", climb.as_str()] {
        for (at, _) in code.match_indices(prefix) {
            let before = code.get(..at).unwrap_or_default();
            // `super::super::` is found in `super::super::super::` too: only a whole chain counts.
            if before.ends_with("::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            {
                continue;
            }
            let rest = code.get(at + prefix.len()..).unwrap_or_default();
            found.extend(first_names(rest));
        }
    }
    found
}

/// The first name of a path, or of each path of a `{…}` group.
fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()];
    };
    let mut depth = 0usize;
    let mut names = vec![String::new()];
    let mut done = false;
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                done = false;
            }
            ':' => done = true,
            _ if depth > 0 || done || letter.is_whitespace() => {}
            _ => names.last_mut().expect("one was put in").push(letter),
        }
    }
    names
}

/// `smf` for `smf/mod.rs`; nothing for `lib.rs` and what lies in `bin`.
fn layer_of(inside: &Path) -> Option<String> {
    let first = inside.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "bin")).then(|| name.to_owned())
}

/// How many `super` lead from this file's module to the crate's root.
fn depth_of(inside: &Path) -> usize {
    let parts = inside.components().count();
    if inside.ends_with("mod.rs") { parts - 1 } else { parts }
}

/// Names of the packages that `package` needs when it is built alone, itself left out.
fn tree(package: &str, features: &[&str]) -> Vec<String> {
    let mut arguments = vec!["tree", "--locked", "--prefix=none", "--format={p}"];
    arguments.extend(["--edges=normal,build", "--package", package]);
    arguments.extend(features);
    let text = String::from_utf8(cargo(&arguments)).expect("cargo writes UTF-8");
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.filter(|name| *name != package).map(str::to_owned).collect();
    assert!(names.len() > 3, "cargo tree says nothing of {package}");
    names
}

fn named<'a>(packages: &'a [String], names: &[&str]) -> Vec<&'a str> {
    packages.iter().map(String::as_str).filter(|package| names.contains(package)).collect()
}

fn cargo(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file of the project with one of these extensions: its path and text.
fn sources(extensions: &[&str]) -> Vec<(String, String)> {
    let root = root();
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in ["app", "engine", "profiling", "benches", "assets", "docs", "scripts", ".ci"] {
        files.extend(files_under(&root.join(folder), extensions));
    }
    let top = std::fs::read_dir(&root).expect("the project has a folder");
    let top = top.filter_map(Result::ok).map(|entry| entry.path());
    files.extend(top.filter(|path| path.is_file() && has_extension(path, extensions)));
    assert!(files.len() > 20, "the project has more files than that");
    files
        .into_iter()
        .map(|path| (path.strip_prefix(&root).unwrap_or(&path).display().to_string(), read(&path)))
        .collect()
}

fn files_under(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_under(&path, extensions));
        } else if has_extension(&path, extensions) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A file without one counts by its name: `.ci/run`.
fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().or(path.file_name()).and_then(|name| name.to_str());
    extension.is_some_and(|name| extensions.contains(&name))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{error}: {}", path.display()))
}

#[test]
fn imports_are_found_however_they_are_written() {
    let source = "use crate::{model::{Tick, smf}, audio};\nlet x = crate::time::Tick(0);\n\
        // crate::studio\nuse super::super::doc::Document;\nuse super::near;\n\
        #[cfg(test)]\nmod tests {\nuse crate::studio;\n}";
    assert_eq!(imports(source, 2), ["model", "audio", "time", "doc"]);
}
