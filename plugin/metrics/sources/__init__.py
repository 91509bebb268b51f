"""Where values come from: one small class per kind of source, all behind `Source`."""
