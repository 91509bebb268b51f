"""The pages that stand beside the weekly ones: home, stream, quarter and year; values in, storage format out."""
