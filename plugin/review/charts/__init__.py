"""Pictures of a review: values in, PNG out. One style; the same values give the same bytes."""

from plugin.review.charts.metric import metric_picture
from plugin.review.charts.picture import Picture
from plugin.review.charts.shares import Bar, WeekShare, alignment_picture, effort_picture

__all__ = ["Bar", "Picture", "WeekShare", "alignment_picture", "effort_picture", "metric_picture"]
