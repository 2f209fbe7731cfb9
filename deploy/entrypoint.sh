#!/bin/sh
# Secrets are files: NAME_FILE=/run/secrets/name becomes NAME, for this process alone.
set -eu
for file_variable in $(env | sed -n 's/^\(\(JOURNEY\|POSTGRES\)_[A-Z_]*_FILE\)=.*/\1/p'); do
    eval "path=\${$file_variable}"
    if [ ! -r "$path" ]; then
        echo "journey: $file_variable: $path cannot be read; put the secret there, readable by user $(id -u)" >&2
        exit 2
    fi
    export "${file_variable%_FILE}=$(cat "$path")"
    unset "$file_variable"
done
exec "$@"
