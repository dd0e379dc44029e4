"""What leaves the house for safe keeping: published heads, exports, packs of evidence."""
