"""Every known cause of a failure, one chapter a module and one entry a cause; `registry` puts them in order.

To add a cause, add one `certain`, `likely` or `possible` to its chapter."""
