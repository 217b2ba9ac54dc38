"""Sessions: how the engine reaches what it audits. The only place that knows an API client."""
