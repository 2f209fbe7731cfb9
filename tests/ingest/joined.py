"""A source of events that names people and metrics in other files."""

COLUMNS = {
    "event_id": "id",
    "occurred_at": "happened",
    "customer_id": "(select max(shop_id) from person where person.id = delivered.person_id)",
    "event_name": "(select max(name) from metric where metric.id = delivered.metric_id)",
}
GIVEN = {
    "kind": "web_events",
    "format": "mapped",
    "path": "landing/events_{date}.csv",
    "tables": {"person": "landing/person_{date}.csv", "metric": "landing/metric*.csv"},
    "columns": COLUMNS,
}
