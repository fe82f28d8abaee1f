# A phone in this machine, at home in the world's folder. Arguments: what to do, and whose phone it is.
set -eu
cd "$(dirname "$0")"
site=https://shop.example wechat=https://open.weixin.qq.com
json='Content-Type: application/json'
ask() {
    curl --retry 9 --retry-connrefused --retry-max-time 30 --silent --show-error --fail-with-body --cookie "$person.cookies" "$@"
}
person=$2
touch "$person.cookies"
case $1 in
# As the app does it.
sign-in)
    ask --request PUT --header "$json" --data "{\"persona\":\"$person\"}" $wechat/_simulator/current
    verifier=$(openssl rand -hex 16)
    back=$(ask --output /dev/null --write-out '%{redirect_url}' "$wechat/connect/oauth2/authorize?appid=wx0123456789abcdef&\
redirect_uri=https%3A%2F%2Fshop.example%2F&response_type=code&scope=snsapi_base&state=$verifier")
    ask --output /dev/null "$back"
    code=${back##*code=}
    ask --cookie-jar "$person.cookies" --header "$json" --data "{\"account\":\"shop\",\"code\":\"${code%%&*}\",\"verifier\":\"$verifier\"}" \
        $site/api/session
    ;;
# Whether the session counts, and what is kept for it.
look)
    ask $site/api/session
    ask $site/api/records
    ;;
buy) ask --request PUT --header "$json" --data '{"title":"普洱"}' "$site/api/records/favourite/$3" ;;
openid) ask "$wechat/_simulator/personas/$person/ids" | grep -o '"openid":"[^"]*"' | head -n 1 | cut -d '"' -f 4 ;;
esac
