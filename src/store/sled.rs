//! Journal + sled.
