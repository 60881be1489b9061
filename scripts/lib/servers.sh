# TLS servers for the far end of the wire, and the certificates they show. Needs topology.sh.
# shellcheck shell=bash

# PKI is a folder inside $STATE: NAME.pem and NAME.key for each name, ca.pem for the clients.
PKI=$STATE/pki

# new_key NAME; elliptic keys would be quicker, but a long certificate makes a better test.
new_key() { openssl genrsa -out "$PKI/$1.key" 2048 2>/dev/null; }

make_authority() {
    mkdir -p "$PKI"
    new_key ca
    openssl req -x509 -new -key "$PKI/ca.key" -days 30 -subj "/O=openeti demo/CN=Demo CA" \
        -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$PKI/ca.pem"
}

# issue NAME has the authority sign a certificate for the host name NAME.
issue() {
    new_key "$1"
    openssl req -new -key "$PKI/$1.key" -subj "/O=openeti demo/CN=$1" |
        openssl x509 -req -CA "$PKI/ca.pem" -CAkey "$PKI/ca.key" -CAcreateserial -days 30 \
            -extfile <(printf 'subjectAltName=DNS:%s,DNS:*.%s\n' "$1" "$1") \
            -out "$PKI/$1.pem" 2>/dev/null
}

self_sign() {
    new_key "$1"
    openssl req -x509 -new -key "$PKI/$1.key" -days 30 -subj "/CN=$1" \
        -addext "subjectAltName=DNS:$1" -out "$PKI/$1.pem"
}

sha1_of() {
    openssl x509 -in "$PKI/$1.pem" -noout -fingerprint -sha1 |
        sed 's/.*=//; s/://g' | tr '[:upper:]' '[:lower:]'
}

# nginx_site HOST NAME PROTOCOLS prints a TLS server for both families of one address.
nginx_site() {
    cat <<SITE
    server {
        listen 10.0.1.$1:443 ssl;
        listen [fd00:1::$1]:443 ssl;
        ssl_certificate $PKI/$2.pem;
        ssl_certificate_key $PKI/$2.key;
        ssl_protocols $3;
    }
SITE
}

# start_nginx SITES... starts one nginx in the server namespace; each SITE is "HOST NAME PROTOCOLS".
# Its pages lie in $STATE/www; 10.0.1.100 and fd00:1::100 also answer plain HTTP.
start_nginx() {
    local site host name protocols
    mkdir -p "$STATE/www" "$STATE/nginx"
    {
        cat <<HEAD
user root;
worker_processes 1;
pid $STATE/nginx/pid;
error_log $STATE/log/nginx.error info;
events { worker_connections 256; }
http {
    access_log $STATE/log/nginx.access;
    client_body_temp_path $STATE/nginx/body;
    proxy_temp_path $STATE/nginx/proxy;
    fastcgi_temp_path $STATE/nginx/fastcgi;
    uwsgi_temp_path $STATE/nginx/uwsgi;
    scgi_temp_path $STATE/nginx/scgi;
    root $STATE/www;
    sendfile on;
    ssl_session_tickets off;
    server { listen 10.0.1.100:80; listen [fd00:1::100]:80; }
HEAD
        for site in "$@"; do
            read -r host name protocols <<<"$site"
            nginx_site "$host" "$name" "$protocols"
        done
        echo "}"
    } >"$STATE/nginx/nginx.conf"
    start_child nginx in_server nginx -e stderr -p "$STATE/nginx" -c "$STATE/nginx/nginx.conf" \
        -g 'daemon off;'
    wait_until 10 listening "$SERVER" "10.0.1.100:80"
}

# listening NAMESPACE ADDRESS:PORT
listening() { [ -n "$(ip netns exec "$1" ss -Hltn "src $2")" ]; }

# start_tls_server NAME ADDRESS:PORT CERTIFICATE [PROTOCOL] starts one openssl s_server.
start_tls_server() {
    start_child "$1" in_server openssl s_server -accept "$2" -www -quiet "${4:--tls1_2}" \
        -cert "$PKI/$3.pem" -key "$PKI/$3.key"
    wait_until 10 listening "$SERVER" "$2"
}

# fetch HOST NAME PORT ADDRESS [CURL-OPTION...] gets a page as client 10.0.1.HOST, or as fd00:1::HOST
# where ADDRESS is of that family.
fetch() {
    local source=10.0.1.$1 name=$2 port=$3 address=$4
    case $address in
        *:*)
            source=fd00:1::$1
            address="[$address]"
            ;;
    esac
    shift 4
    in_client curl --silent --show-error --fail --interface "$source" --cacert "$PKI/ca.pem" \
        --connect-timeout 5 --max-time 20 --resolve "$name:$port:$address" "$@"
}
