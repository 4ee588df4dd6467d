using System.Net;
using System.Text;
using Google.Api;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scoring.Server.Tests.Reading;

namespace Scoring.Server.Tests.Calls;

/// <summary>Whatever bytes come as a request, by whatever way and for whatever method: they are the caller's fault, and never INTERNAL.</summary>
public sealed class MalformedRequestTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private static readonly (string Name, byte[] Bytes)[] Malformed =
    [
        ("a text that ends too early", [0x0A, 5, 1]),
        ("a length that ends too early", [0x0A, 0x80]),
        ("a field number of 0", [0x02, 0]),
        ("a tag that has no end", [.. Enumerable.Repeat((byte)0xFF, 11)]),
        ("a number that has no end", [0xF8, 0x7F, .. Enumerable.Repeat((byte)0xFF, 11)]),
        ("a group that ends and never began", [0xF4, 0x7F]),
        ("a group that never ends", [0xF3, 0x7F]),
        ("a group that ends as another", [0xF3, 0x7F, 0xEC, 0x7F]),
        ("groups in groups", [.. Deep(0xF3, 0x7F), .. Deep(0xF4, 0x7F)]),
        ("a kind of field that does not exist", [0xF6, 0x7F]),
        ("another one", [0xF7, 0x7F]),
        ("a length of 2 GiB", [0xFA, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]),
        ("a length below 0", [0xFA, 0x7F, .. Enumerable.Repeat((byte)0xFF, 9), 0x01]),
        ("half a number of 4 bytes", [0xFD, 0x7F, 1, 2]),
        ("half a number of 8 bytes", [0xF9, 0x7F, 1, 2, 3, 4]),
    ];

    private static readonly string[] MalformedJson =
    [
        "",
        " ",
        "{",
        "}",
        "[",
        "[]",
        "nul",
        "7",
        "\"text\"",
        "{\"a\":}",
        "{\"a\":1,}",
        "{'a':1}",
        "{\"\\ud800\":1}",
        "{\"a\":1} {}",
        "{\"surely_unknown\":1}",
        string.Concat(Enumerable.Repeat("{\"event\":", 300)),
        string.Concat(Enumerable.Repeat("[", 10_000)),
        "\uFEFF{}",
        "{\"a\":\"\0\"}",
    ];

    private static readonly string[] WrongValues =
    [
        "\"\\ud800\"",
        "\"x\"",
        "\"\"",
        "1e999",
        "-1e999",
        "99999999999999999999",
        "1.5",
        "-1",
        "\"NaN\"",
        "\"Infinity\"",
        "true",
        "[[]]",
        "[null]",
        "[{}]",
        "{}",
        "{\"a\":{}}",
        "{\"\":null}",
        "\"-315576000001s\"",
        "\"1.9999999999s\"",
        "\"s\"",
        "\"2026-02-30T00:00:00Z\"",
        "\"0000-01-01T00:00:00Z\"",
        "\"9999-12-31T23:59:60Z\"",
        "\"2026-01-01T00:00:00+99:99\"",
        "\"2026-01-01\"",
        "null",
    ];

    private static readonly MethodDescriptor[] All =
    [
        .. V1
            .ScoringService.Descriptor.Methods.Concat(V1.ModelService.Descriptor.Methods)
            .Concat(V1.HistoryService.Descriptor.Methods),
    ];

    public static TheoryData<string> Methods => [.. All.Select(Path)];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Malformed_protobuf_is_an_invalid_argument_by_gRPC_and_by_gRPC_Web(string method)
    {
        using var log = new FakeLoggerProvider();
        await using var front = await StartAsync(log);
        foreach (var (name, bytes) in Malformed)
        {
            Assert.Equal((name, StatusCode.InvalidArgument), (name, await GrpcAsync(front, method, bytes)));
            Assert.Equal((name, StatusCode.InvalidArgument), (name, await WebAsync(front, method, bytes)));
        }
        AssertNoErrors(log);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_field_that_is_no_text_is_deep_or_beyond_all_bounds_is_never_internal(string method)
    {
        using var log = new FakeLoggerProvider();
        await using var front = await StartAsync(log);
        var type = All.Single(m => Path(m) == method).InputType;
        foreach (var (field, bytes) in Extremes(type, depth: 0))
        {
            var status = await GrpcAsync(front, method, bytes);
            Assert.False(
                status is StatusCode.Internal or StatusCode.Unknown,
                $"{field} as {Convert.ToHexString(bytes)} is {status}"
            );
        }
        AssertNoErrors(log);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_text_that_is_not_UTF8_is_an_invalid_argument_or_rejected_by_its_field(string method)
    {
        await using var front = await StartAsync();
        var type = All.Single(m => Path(m) == method).InputType;
        foreach (var field in type.Fields.InDeclarationOrder().Where(f => f.FieldType == FieldType.String && !f.IsMap))
        {
            var status = await GrpcAsync(front, method, Field(field, [0xC3, 0x28]));
            Assert.Equal((field.Name, StatusCode.InvalidArgument), (field.Name, status));
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Malformed_JSON_is_an_invalid_argument(string method)
    {
        using var log = new FakeLoggerProvider();
        await using var front = await StartAsync(log);
        foreach (var route in Routes(method).Where(route => route.Body.Length > 0))
        {
            foreach (var body in MalformedJson)
            {
                // The message of an empty body is empty, and one without fields is good where none is required.
                await AssertBadAsync(front, route, Encoding.UTF8.GetBytes(body), body);
            }
            await AssertBadAsync(
                front,
                route,
                [(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'],
                "UTF-8"
            );
            foreach (var type in (string[])["text/plain", "application/xml", "application/json; charset=utf-16", ""])
            {
                using var answer = await SendAsync(front, route, "{}"u8.ToArray(), type);
                Assert.Equal((type, HttpStatusCode.UnsupportedMediaType), (type, answer.StatusCode));
            }
        }
        AssertNoErrors(log);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_field_of_JSON_that_does_not_fit_is_never_internal(string method)
    {
        using var log = new FakeLoggerProvider();
        await using var front = await StartAsync(log);
        foreach (var route in Routes(method))
        {
            foreach (var (path, body) in BodiesOf(route).Concat(QueriesOf(route)))
            {
                using var answer = body is null
                    ? await front.Http.GetAsync(path, Token)
                    : await SendAsync(front, route, Encoding.UTF8.GetBytes(body), "application/json");
                var text = await answer.Content.ReadAsStringAsync(Token);
                Assert.True((int)answer.StatusCode < 500, $"{path} {body} is {answer.StatusCode}: {text}");
            }
        }
        AssertNoErrors(log);
    }

    private static async Task<Front> StartAsync(FakeLoggerProvider? log = null)
    {
        var front = await Front.StartAsync(log: log);
        (front.Backend.OnSegment, front.Backend.OnAccount) = (ReadingTests.Empty, ReadingTests.Unseated);
        return front;
    }

    private static async Task AssertBadAsync(Front front, Route route, byte[] body, string shown)
    {
        using var answer = await SendAsync(front, route, body, "application/json");
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(
            answer.StatusCode == HttpStatusCode.BadRequest && text.Contains("\"code\": 3", StringComparison.Ordinal),
            $"{route.Path} {shown[..Math.Min(60, shown.Length)]} is {answer.StatusCode}: {text}"
        );
    }

    private static async Task<HttpResponseMessage> SendAsync(Front front, Route route, byte[] body, string type)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Verb), route.Path)
        {
            Content = new ByteArrayContent(body),
        };
        if (type.Length > 0)
        {
            request.Content.Headers.Add("Content-Type", type);
        }
        return await front.Http.SendAsync(request, Token);
    }

    private static async Task<StatusCode> GrpcAsync(Front front, string method, byte[] message) =>
        (await RawCall.SendAsync($"http://{front.Channel.Target}", method, message)).Status;

    private static async Task<StatusCode> WebAsync(Front front, string method, byte[] message)
    {
        using var answer = await front.Http.PostAsync(method, RawCall.Content(message, "application/grpc-web"), Token);
        var body = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Token));
        var status = answer.Headers.TryGetValues("grpc-status", out var values)
            ? values.Single()
            : body.Split("grpc-status:")[1].Split('\r')[0];
        return (StatusCode)int.Parse(status);
    }

    private static void AssertNoErrors(FakeLoggerProvider log) =>
        Assert.DoesNotContain(log.Collector.GetSnapshot(), line => line.Level >= LogLevel.Error);

    /// <summary>Each field of a message, and of those in it, as something that it cannot be.</summary>
    private static IEnumerable<(string Field, byte[] Bytes)> Extremes(MessageDescriptor type, int depth)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            byte[][] values = field.FieldType switch
            {
                FieldType.String => [Field(field, [0xC3, 0x28]), Field(field, [0xED, 0xA0, 0x80]), Field(field, [0])],
                FieldType.Double =>
                [
                    Fixed(field, double.NaN),
                    Fixed(field, double.NegativeInfinity),
                    Fixed(field, 1e308),
                ],
                FieldType.Message when depth < 4 =>
                [
                    .. Extremes(field.MessageType, depth + 1).Select(inner => Field(field, inner.Bytes)),
                    Field(field, []),
                    Field(field, [0x0A, 0x7F]),
                ],
                FieldType.Message => [],
                _ =>
                [
                    Number(field, ulong.MaxValue),
                    Number(field, long.MaxValue),
                    Number(field, 99),
                    Number(field, 1ul << 31),
                ],
            };
            foreach (var value in values)
            {
                yield return (field.FullName, value);
            }
            // As another kind of field it is one that is not known.
            yield return (
                field.FullName,
                [.. Tag(field, field.FieldType == FieldType.Double ? 0u : 1u), 0, 0, 0, 0, 0, 0, 0, 0]
            );
        }
    }

    private static byte[] Deep(byte first, byte second) =>
        [.. Enumerable.Repeat((byte[])[first, second], 200).SelectMany(tag => tag)];

    private static byte[] Field(FieldDescriptor field, byte[] content) =>
        [.. Tag(field, 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Fixed(FieldDescriptor field, double value) =>
        [.. Tag(field, 1), .. BitConverter.GetBytes(value)];

    private static byte[] Number(FieldDescriptor field, ulong value) => [.. Tag(field, 0), .. Varint(value)];

    private static byte[] Tag(FieldDescriptor field, uint kind) => Varint(((ulong)field.FieldNumber << 3) | kind);

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static IEnumerable<(string Path, string? Body)> BodiesOf(Route route)
    {
        if (route.Body.Length == 0)
        {
            yield break;
        }
        var type = route.Body == "*" ? route.Type : route.Type.FindFieldByName(route.Body).MessageType;
        foreach (var body in Jsons(type, depth: 0))
        {
            yield return (route.Path, body);
        }
    }

    /// <summary>Messages each with one field that is something else than it should.</summary>
    private static IEnumerable<string> Jsons(MessageDescriptor type, int depth)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            var values = WrongValues.Concat(WrongValues.Select(value => $"[{value}]"));
            if (field.IsMap)
            {
                values = values.Concat(WrongValues.Select(value => $$"""{ "k": {{value}} }"""));
            }
            else if (field.FieldType == FieldType.Message && depth < 3)
            {
                var inner = Jsons(field.MessageType, depth + 1);
                values = values.Concat(field.IsRepeated ? inner.Select(message => $"[{message}]") : inner);
            }
            foreach (var value in values)
            {
                yield return $$"""{ "{{field.JsonName}}": {{value}} }""";
            }
            yield return $$"""{ "{{field.JsonName}}": null, "{{field.Name}}": null }""";
        }
    }

    private static IEnumerable<(string Path, string? Body)> QueriesOf(Route route) =>
        route.Verb != "GET"
            ? []
            : from name in NamesIn(route.Type, depth: 0)
            from value in WrongValues.Select(value => value.Trim('"')).Append("%FF").Append("%00").Append("\u0001")
            select (
                $"{route.Path}?{name}={(value.StartsWith('%') ? value : Uri.EscapeDataString(value))}",
                (string?)null
            );

    private static IEnumerable<string> NamesIn(MessageDescriptor type, int depth) =>
        type
            .Fields.InDeclarationOrder()
            .SelectMany(field =>
                field.FieldType == FieldType.Message && depth < 3
                    ? NamesIn(field.MessageType, depth + 1)
                        .Select(inner => $"{field.JsonName}.{inner}")
                        .Append(field.JsonName)
                    : [field.JsonName]
            );

    private static IEnumerable<Route> Routes(string method)
    {
        var descriptor = All.Single(m => Path(m) == method);
        return descriptor.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is { } rule
            ? rule.AdditionalBindings.Append(rule).Select(binding => RouteOf(binding, descriptor.InputType))
            : [];
    }

    private static Route RouteOf(HttpRule rule, MessageDescriptor type)
    {
        var (verb, path) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => ("GET", rule.Get),
            HttpRule.PatternOneofCase.Put => ("PUT", rule.Put),
            HttpRule.PatternOneofCase.Post => ("POST", rule.Post),
            HttpRule.PatternOneofCase.Delete => ("DELETE", rule.Delete),
            _ => ("PATCH", rule.Patch),
        };
        path = path.Replace("{workspace}", "default", StringComparison.Ordinal);
        while (path.IndexOf('{', StringComparison.Ordinal) is var open and >= 0)
        {
            path = $"{path[..open]}engagement{path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..]}";
        }
        return new(verb, path, rule.Body, type);
    }

    private static string Path(MethodDescriptor method) => $"{method.Service.FullName}/{method.Name}";

    private sealed record Route(string Verb, string Path, string Body, MessageDescriptor Type);
}
