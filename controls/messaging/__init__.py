"""Controls of topics, queues and buses."""
