-- What turns a connection to a snapshot into a reader's. Comments hold no semicolons, for shells
-- that split at them. Marts are found by their bare names.
set search_path = 'journey.marts';
set TimeZone = 'UTC';
-- No other file, no network, no extension, no variable of the program around it.
set enable_external_access = false;
set python_enable_replacements = false;
-- Nothing is left behind for the next connection of this user.
set allow_persistent_secrets = false;
-- Nor can a query take this back.
set lock_configuration = true;
