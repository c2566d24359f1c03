"""Wire models: the only place that knows the shape of requests and answers under ``/v1``."""
