//! The façade: the application changes things only through it.
