import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.json.JSONObject;

/** The official Java Socket.IO client, driven by JSON lines: see ../../../../../src/clients/program.ts. */
public final class Client {
  private static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final Map<Integer, Socket> connections = new ConcurrentHashMap<>();

  public static void main(String[] arguments) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JSONObject order = new JSONObject(line);
      int c = order.getInt("c");
      switch (order.getString("do")) {
        case "connect":
          connect(c, order.getString("url"), order.getString("token"));
          break;
        case "request":
          request(c, order.getInt("id"), order.getString("name"), order.opt("data"));
          break;
        default:
          connections.get(c).disconnect();
      }
    }
    connections.values().forEach(Socket::disconnect);
    System.exit(0);
  }

  private static void connect(int c, String url, String token) {
    IO.Options options =
        IO.Options.builder()
            .setTransports(new String[] {"websocket"})
            .setAuth(Map.of("token", token))
            .setReconnection(false)
            .setForceNew(true)
            .build();
    Socket socket = IO.socket(URI.create(url), options);
    connections.put(c, socket);
    socket.on(Socket.EVENT_CONNECT, ignored -> tell(line(c).put("connected", true)));
    socket.on(Socket.EVENT_CONNECT_ERROR, refusal -> tell(line(c).put("refused", refusalOf(refusal))));
    socket.on(Socket.EVENT_DISCONNECT, ignored -> tell(line(c).put("closed", true)));
    socket.onAnyIncoming(
        event -> tell(line(c).put("event", event[0]).put("payload", event.length > 1 ? event[1] : JSONObject.NULL)));
    socket.connect();
  }

  private static void request(int c, int id, String name, Object data) {
    connections.get(c).emit(name, new Object[] {data}, (Ack) answer -> tell(line(c).put("id", id).put("answer", answer[0])));
  }

  private static Object refusalOf(Object[] refusal) {
    Object first = refusal.length > 0 ? refusal[0] : JSONObject.NULL;
    return first instanceof JSONObject ? first : new JSONObject().put("message", String.valueOf(first));
  }

  private static JSONObject line(int c) {
    return new JSONObject().put("c", c);
  }

  private static synchronized void tell(JSONObject line) {
    out.println(line);
  }
}
