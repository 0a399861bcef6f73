//! What is asked of a made-up library: of every kind of term, what finds few and what finds
//! many, what lies everywhere in an order and what lies close together far down in it.

/// A question.
pub(super) struct Question {
    pub(super) text: String,
    /// Counting it takes long and says nothing new.
    pub(super) is_slow: bool,
}

const TEXTS: [&str; 62] = [
    "",
    "sort:-name",
    "tracks:1",
    "tracks:>=8",
    "dup:yes",
    "dup:no",
    "version:yes",
    "version:no",
    "salvaged:yes",
    "name:a",
    "name:ab",
    "name:_7",
    "name:_7 sort:-name",
    "name:47",
    "name:夜曲",
    "name:第1番",
    "name:groove",
    "name:\"the lanterns\"",
    "key:Am bpm:120-130",
    "key:Am bpm:120-130 name:solo",
    "key:F#m",
    "key:~F#m",
    "key:none",
    "bpm:~124",
    "bpm:>170",
    "bpm:99",
    "dur:<60",
    "dur:>8m",
    "bars:4",
    "notes:>1000",
    "notes:>9000",
    "meter:3/4",
    "inst:piano",
    "inst:33",
    "inst:sax drums:yes",
    "drums:yes",
    "drums:fill",
    "tag:jazz1",
    "tag:opera",
    "rating:none",
    "in:loops",
    "in:\"karaoke archive 40\"",
    "-in:loops tracks:>6",
    "chords:\"ii V I\"",
    "chords:\"vi IV I V\" key:C",
    "wonder",
    "wonder bass",
    "w",
    "\"copper kings\" moon",
    "moon key:F#m bpm:<90",
    "wonder -bass sort:name",
    "sort:bpm",
    "drums:yes sort:bpm",
    "tag:opera sort:-bpm",
    "name:47 sort:key",
    "version:yes sort:-key",
    "dur:>8m sort:duration",
    "name:ab sort:-duration",
    "in:\"karaoke archive 40\" sort:date",
    "tag:opera sort:-date",
    "version:yes sort:rating",
    "inst:33 sort:date",
];

/// All questions.
pub(super) fn all() -> Vec<Question> {
    let theme = |number, notes| {
        let keys = super::theme(number).into_iter().take(notes);
        keys.map(|key| key.to_string()).collect::<Vec<_>>().join("-")
    };
    let melodies = [(0, 6), (0, 8), (0, 12), (200, 6), (200, 12)];
    let melodies = melodies.map(|(number, notes)| format!("melody:{}", theme(number, notes)));
    let scale = ["melody:60-62-64-65-67-69", "melody:60-62-64-65-67-69 sort:name"];
    let others = TEXTS.iter().chain(&scale).map(|text| (*text).to_owned());
    let question = |text: String| Question { is_slow: text.contains("sort:"), text };
    melodies.into_iter().chain(others).map(question).collect()
}
