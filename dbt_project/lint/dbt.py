"""dbt's own cross-database macros, as far as the linter needs them: what DuckDB would get."""


def type_string():
    return "string"


def type_timestamp():
    return "timestamp"


def type_bigint():
    return "bigint"


def type_int():
    return "integer"


def type_float():
    return "double"


def type_numeric():
    return "decimal(18, 2)"


def type_boolean():
    return "boolean"


def date_trunc(datepart, date):
    return f"date_trunc('{datepart}', {date})"


def split_part(string_text, delimiter_text, part_number):
    return f"split_part({string_text}, {delimiter_text}, {part_number})"


def position(substring_text, string_text):
    return f"position({substring_text} in {string_text})"


def listagg(measure, delimiter_text="','", order_by_clause="", limit_num=None):
    return f"listagg({measure}, {delimiter_text} {order_by_clause})"


def datediff(first_date, second_date, datepart):
    return f"datediff('{datepart}', {first_date}, {second_date})"


def dateadd(datepart, interval, from_date_or_timestamp):
    return f"date_add({from_date_or_timestamp}, interval ({interval}) {datepart})"
