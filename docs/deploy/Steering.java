// Chooses who logs in, orders a fault and takes a code from the simulator, as a test of your own would.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

public class Steering {
    static final String S = "http://127.0.0.1:8082";
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    static void steer(String method, String path, String json) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(S + "/_simulator/" + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json));
        var answer = CLIENT.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) throw new IllegalStateException(answer.body());
    }

    static String code() throws Exception {
        var asked = "appid=wx00000000000000a1&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fcallback"
            + "&response_type=code&scope=snsapi_base&state=s";
        var request = HttpRequest.newBuilder(URI.create(S + "/connect/oauth2/authorize?" + asked)).build();
        var location = CLIENT.send(request, BodyHandlers.discarding()).headers().firstValue("Location").orElseThrow();
        return location.replaceFirst(".*[?&]code=(\\w+).*", "$1");
    }

    public static void main(String[] arguments) throws Exception {
        steer("POST", "reset", "");
        steer("PUT", "current", "{\"persona\":\"xiaohong\"}");
        steer("POST", "faults",
            "{\"endpoint\":\"access_token\",\"effect\":{\"kind\":\"errcode\",\"errcode\":-1},\"count\":1}");
        System.out.println(code());
    }
}
