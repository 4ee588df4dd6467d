#!/bin/bash
# Whether the server in this container answers a probe with 200: healthy /readyz. The image has no program that speaks HTTP.
exec 3<>/dev/tcp/127.0.0.1/5080 || exit 1
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3
read -r _ status _ <&3
[[ $status == 200 ]]
