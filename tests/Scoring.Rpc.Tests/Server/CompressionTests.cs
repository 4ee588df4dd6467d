using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scoring.Rpc.Client;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Server;

/// <summary>Every encoding by every protocol, both ways.</summary>
public sealed class CompressionTests
{
    private const byte Compressed = 1;
    private const string AllEncodings = "identity,gzip,br,deflate";

    private static readonly EchoRequest Request = new() { Text = "hello", Count = 1 };

    public static TheoryData<Form, string> Calls
    {
        get
        {
            var calls = new TheoryData<Form, string>();
            foreach (var form in Enum.GetValues<Form>())
            {
                foreach (var encoding in (string[])["gzip", "br", "deflate"])
                {
                    calls.Add(form, encoding);
                }
            }

            return calls;
        }
    }

    /// <summary>A protocol with its version of HTTP and its format.</summary>
    public enum Form
    {
        Grpc,
        GrpcWeb,
        GrpcWebText,
        ConnectUnaryProto,
        ConnectUnaryJson,
        ConnectStreamProto,
        ConnectStreamJson,
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Messages_are_compressed_both_ways(Form form, string encoding)
    {
        await using var server = await StartAsync(form);

        var answer = await CallAsync(
            server,
            form,
            encoding,
            Raw.Pack(encoding, Bytes(form, Request)),
            accepted: encoding
        );

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(encoding, answer.Header(EncodingHeader(form)));
        Assert.Equal("hello", TextOf(form, Raw.Unpack(encoding, Message(form, answer, Compressed))));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Answers_are_plain_to_who_takes_no_other(Form form, string encoding)
    {
        await using var server = await StartAsync(form);

        var answer = await CallAsync(
            server,
            form,
            encoding,
            Raw.Pack(encoding, Bytes(form, Request)),
            accepted: "identity,zstd"
        );

        Assert.Null(answer.Header(EncodingHeader(form)));
        Assert.Equal("hello", TextOf(form, Message(form, answer, flags: 0)));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_decompression_bomb_is_cut_off_at_the_limit(Form form, string encoding)
    {
        await using var server = await StartAsync(form);

        var answer = await CallAsync(server, form, encoding, Raw.Pack(encoding, new byte[20_000_000]));

        AssertError(form, answer, StatusCode.ResourceExhausted, "after decompression");
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_is_cut_short_or_has_something_behind_it_is_refused(Form form, string encoding)
    {
        await using var server = await StartAsync(form);
        var whole = Raw.Pack(encoding, Bytes(form, Request));
        var code = form is Form.Grpc or Form.GrpcWeb or Form.GrpcWebText
            ? StatusCode.Internal
            : StatusCode.InvalidArgument;

        AssertError(form, await CallAsync(server, form, encoding, whole[..^1]), code, "not valid");
        AssertError(form, await CallAsync(server, form, encoding, [.. whole, 1]), code, "not valid");
    }

    [Theory]
    [InlineData(Form.Grpc, "grpc-accept-encoding")]
    [InlineData(Form.GrpcWeb, "grpc-accept-encoding")]
    [InlineData(Form.ConnectUnaryJson, "accept-encoding")]
    [InlineData(Form.ConnectStreamProto, "connect-accept-encoding")]
    public async Task An_unknown_encoding_is_unimplemented_and_told_the_known_ones(Form form, string header)
    {
        await using var server = await StartAsync(form);

        var answer = await CallAsync(server, form, "zstd", Bytes(form, Request));

        AssertError(form, answer, StatusCode.Unimplemented, "'zstd'");
        Assert.Equal(AllEncodings, answer.Header(header));
    }

    [Theory]
    [InlineData("br, gzip;q=0.8", "br")]
    [InlineData("gzip, deflate, br, zstd", "gzip")]
    [InlineData("deflate;q=0.5, br;q=0", "deflate")]
    public async Task Plain_http_chooses_by_weight(string accepted, string encoding)
    {
        await using var server = await StartAsync(Form.ConnectUnaryProto);

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            Request.ToByteArray(),
            "application/proto",
            ("accept-encoding", accepted)
        );

        Assert.Equal(encoding, answer.Header("content-encoding"));
    }

    [Theory]
    [InlineData(false, "gzip")]
    [InlineData(true, "zstd")]
    [InlineData(true, "gzip;q=0")]
    public async Task Answers_are_plain_if_the_server_is_set_so_or_the_caller_wants_it(bool set, string accepted)
    {
        await using var server = await StartAsync(Form.ConnectUnaryProto, compress: set);

        var answer = await server.PostAsync(
            Raw.UnaryPath,
            Request.ToByteArray(),
            "application/proto",
            ("accept-encoding", accepted)
        );

        Assert.Null(answer.Header("content-encoding"));
        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(answer.Body).Text);
    }

    [Fact]
    public async Task The_client_of_this_project_reads_what_the_server_compresses()
    {
        await using var server = await TestServer.StartAsync(
            server: options => options.CompressResponses = true,
            client: new RpcChannelOptions { Compress = true }
        );

        var answer = await server.Channel.UnaryAsync(
            Echo.UnaryMethod,
            new EchoRequest { Text = new string('x', 10_000) },
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(10_000, answer.Text.Length);
    }

    private static Task<TestServer> StartAsync(Form form, bool compress = true) =>
        TestServer.StartAsync(
            server: options => options.CompressResponses = compress,
            http: form is Form.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1
        );

    private static bool IsUnary(Form form) => form is Form.ConnectUnaryJson or Form.ConnectUnaryProto;

    private static bool IsJson(Form form) => form is Form.ConnectUnaryJson or Form.ConnectStreamJson;

    private static string EncodingHeader(Form form) =>
        form switch
        {
            Form.Grpc or Form.GrpcWeb or Form.GrpcWebText => "grpc-encoding",
            Form.ConnectUnaryJson or Form.ConnectUnaryProto => "content-encoding",
            _ => "connect-content-encoding",
        };

    private static string AcceptHeader(Form form) =>
        form switch
        {
            Form.Grpc or Form.GrpcWeb or Form.GrpcWebText => "grpc-accept-encoding",
            Form.ConnectUnaryJson or Form.ConnectUnaryProto => "accept-encoding",
            _ => "connect-accept-encoding",
        };

    private static byte[] Bytes(Form form, EchoRequest message) =>
        IsJson(form) ? Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message)) : message.ToByteArray();

    private static string TextOf(Form form, byte[] message) =>
        IsJson(form)
            ? EchoResponse.Parser.ParseJson(Encoding.UTF8.GetString(message)).Text
            : EchoResponse.Parser.ParseFrom(message).Text;

    private static Task<Raw.Answer> CallAsync(
        TestServer server,
        Form form,
        string encoding,
        byte[] compressed,
        string accepted = "identity"
    )
    {
        var (contentType, path) = form switch
        {
            Form.Grpc => ("application/grpc", Raw.UnaryPath),
            Form.GrpcWeb => ("application/grpc-web+proto", Raw.UnaryPath),
            Form.GrpcWebText => ("application/grpc-web-text+proto", Raw.UnaryPath),
            Form.ConnectUnaryProto => ("application/proto", Raw.UnaryPath),
            Form.ConnectUnaryJson => ("application/json", Raw.UnaryPath),
            Form.ConnectStreamProto => ("application/connect+proto", Raw.RepeatPath),
            _ => ("application/connect+json", Raw.RepeatPath),
        };
        var body = IsUnary(form) ? compressed : Raw.Frame(compressed, Compressed);
        return server.PostAsync(
            path,
            form is Form.GrpcWebText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(body)) : body,
            contentType,
            (EncodingHeader(form), encoding),
            (AcceptHeader(form), accepted)
        );
    }

    /// <summary>The message of an answer as it is on the wire; the flags of its envelope, if it has one, must be these.</summary>
    private static byte[] Message(Form form, Raw.Answer answer, byte flags)
    {
        if (IsUnary(form))
        {
            return answer.Body;
        }

        var first = Raw.Frames(Body(form, answer))[0];
        Assert.Equal(flags, first.Flags);
        return first.Payload;
    }

    private static byte[] Body(Form form, Raw.Answer answer)
    {
        if (form is not Form.GrpcWebText)
        {
            return answer.Body;
        }

        // Chunks one behind the other, each with its padding.
        var text = Encoding.ASCII.GetString(answer.Body);
        return
        [
            .. Enumerable
                .Range(0, text.Length / 4)
                .SelectMany(group => Convert.FromBase64String(text.Substring(group * 4, 4))),
        ];
    }

    private static void AssertError(Form form, Raw.Answer answer, StatusCode code, string message)
    {
        if (form is Form.Grpc or Form.GrpcWeb or Form.GrpcWebText)
        {
            Assert.Equal(code, answer.Status);
            Assert.Contains(message, answer.Message, StringComparison.Ordinal);
            return;
        }

        var error = IsUnary(form)
            ? answer.Json
            : System.Text.Json.JsonDocument.Parse(Raw.Frames(answer.Body)[^1].Payload).RootElement.GetProperty("error");
        Assert.Equal(
            code.ToString().ToUpperInvariant(),
            error.GetProperty("code").GetString()!.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant()
        );
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
