//! Seeded generators of files and projects, for tests, benches and training runs.
