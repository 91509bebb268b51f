"""Status and assignee history → effort by objective: three models. Pure."""
