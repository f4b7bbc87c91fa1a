//! What the station and the module say to each other.
