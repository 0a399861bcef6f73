//! The document: current project, history, running gesture.
