# What a clean machine finds around it: WeChat, a certificate, names. WeChat is the packed simulator behind Caddy, in a
# network of its own, so that it has the port that nginx has here, too. Runs in the machine, in the folder with the
# simulator, its seed file and the documented Caddyfile.
set -eu
ip netns add wechat
ip link add outside type veth peer name inside netns wechat
ip address add 192.0.2.1/24 dev outside
ip link set outside up
ip -n wechat address add 192.0.2.2/24 dev inside
ip -n wechat link set inside up
ip -n wechat link set lo up
printf '192.0.2.2 api.weixin.qq.com open.weixin.qq.com\n127.0.0.1 shop.example\n' >>/etc/hosts

inside() {
    unit=$1
    shift
    systemd-run --quiet --unit="$unit" --property=NetworkNamespacePath=/run/netns/wechat \
        --property=WorkingDirectory="$PWD" --setenv=XDG_DATA_HOME="$PWD" "$@"
}
inside wechat "$PWD/wechat-simulator" --seed seed.toml --issued-file issued --public-url https://open.weixin.qq.com
inside wechat-tls caddy run --adapter caddyfile --config Caddyfile

# Everybody here trusts the authority that Caddy makes for itself, and it speaks for the site, too.
authority=caddy/pki/authorities/local
timeout 30 sh -c "until [ -s $authority/root.crt ]; do sleep 0.1; done"
install -m 644 $authority/root.crt /usr/local/share/ca-certificates/world.crt
update-ca-certificates >/dev/null
place=/etc/letsencrypt/live/shop.example
mkdir -p $place
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $place/privkey.pem -subj /CN=shop.example |
    openssl x509 -req -days 60 -CA $authority/root.crt -CAkey $authority/root.key -CAcreateserial \
        -extfile <(printf 'subjectAltName=DNS:shop.example') -out $place/fullchain.pem
cat $authority/root.crt >>$place/fullchain.pem

# As its package leaves it.
systemctl start nginx
