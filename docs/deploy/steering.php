<?php
// Chooses who logs in, orders a fault and takes a code from the simulator, as a test of your own would.
const S = 'http://127.0.0.1:8082';

function steer(string $method, string $path, ?array $body = null): void
{
    $request = ['method' => $method, 'ignore_errors' => true];
    if ($body !== null) {
        $request += ['header' => 'Content-Type: application/json', 'content' => json_encode($body)];
    }
    $answer = file_get_contents(S . "/_simulator/$path", false, stream_context_create(['http' => $request]));
    if (!preg_match('/ 2\d\d /', $http_response_header[0])) {
        throw new RuntimeException($answer);
    }
}

function code(string $appid = 'wx00000000000000a1', string $callback = 'http://127.0.0.1:8080/callback'): string
{
    $asked = ['appid' => $appid, 'redirect_uri' => $callback, 'response_type' => 'code', 'scope' => 'snsapi_base', 'state' => 's'];
    $options = ['http' => ['follow_location' => 0]];
    file_get_contents(S . '/connect/oauth2/authorize?' . http_build_query($asked), false, stream_context_create($options));
    preg_match('/^Location: .*[?&]code=(\w+)/mi', implode("\n", $http_response_header), $found);
    return $found[1];
}

steer('POST', 'reset');
steer('PUT', 'current', ['persona' => 'xiaohong']);
steer('POST', 'faults', ['endpoint' => 'access_token', 'effect' => ['kind' => 'errcode', 'errcode' => -1], 'count' => 1]);
echo code(), "\n";
