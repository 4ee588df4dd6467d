using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Scoring.Rpc.Tests.Server;

/// <summary>Calls by pages of other origins, as browsers make them.</summary>
public sealed class CorsTests
{
    private const string App = "https://app.example";

    private static readonly byte[] Hello = """{"text":"hello"}"""u8.ToArray();

    [Fact]
    public async Task A_page_of_a_listed_origin_may_call_with_any_metadata_and_read_all_headers()
    {
        await using var server = await StartAsync(App, "http://localhost:3000");

        var preflight = await AskAsync(server, App, "content-type,connect-protocol-version,x-custom");
        var answer = await CallAsync(server, App);

        Assert.Equal(HttpStatusCode.NoContent, preflight.Http);
        Assert.Equal(App, preflight.Header("access-control-allow-origin"));
        Assert.Contains("POST", preflight.Header("access-control-allow-methods"), StringComparison.Ordinal);
        Assert.Contains("x-custom", preflight.Header("access-control-allow-headers"), StringComparison.Ordinal);
        Assert.Equal("7200", preflight.Header("access-control-max-age"));
        Assert.Null(preflight.Header("access-control-allow-credentials"));
        Assert.Equal(HttpStatusCode.OK, answer.Http);
        Assert.Equal(App, answer.Header("access-control-allow-origin"));
        Assert.Equal("Origin", answer.Header("vary"));
        var exposed = answer.Header("access-control-expose-headers")!.Split(',');
        Assert.Contains("*", exposed);
        Assert.Contains("grpc-status", exposed);
        Assert.Contains("grpc-message", exposed);
        Assert.Contains("grpc-status-details-bin", exposed);
    }

    [Theory]
    [InlineData("https://other.example")]
    [InlineData("http://app.example")]
    [InlineData("https://app.example:444")]
    [InlineData("https://app.example.evil.example")]
    [InlineData("null")]
    public async Task A_page_of_another_origin_is_told_nothing(string origin)
    {
        await using var server = await StartAsync(App);

        AssertNoCors(await AskAsync(server, origin, "content-type"));
        AssertNoCors(await CallAsync(server, origin));
    }

    [Fact]
    public async Task Errors_may_be_read_too()
    {
        await using var server = await StartAsync(App);

        var unknown = await server.PostAsync("/no.such.Service/Method", Hello, "application/json", ("origin", App));
        var bad = await server.PostAsync(Raw.UnaryPath, "{"u8.ToArray(), "application/json", ("origin", App));

        Assert.Equal((HttpStatusCode.NotFound, App), (unknown.Http, unknown.Header("access-control-allow-origin")));
        Assert.Equal((HttpStatusCode.BadRequest, App), (bad.Http, bad.Header("access-control-allow-origin")));
    }

    [Fact]
    public async Task Every_origin_may_be_allowed()
    {
        await using var server = await StartAsync(RpcCors.AnyOrigin);

        Assert.Equal("*", (await AskAsync(server, "https://a.example", "x")).Header("access-control-allow-origin"));
        Assert.Equal("*", (await CallAsync(server, "https://b.example")).Header("access-control-allow-origin"));
    }

    [Fact]
    public async Task Callers_that_are_no_browsers_are_answered_as_ever()
    {
        await using var server = await StartAsync(App);

        var answer = await server.PostAsync(Raw.UnaryPath, Hello, "application/json");

        Assert.Equal(HttpStatusCode.OK, answer.Http);
        AssertNoCors(answer);
    }

    [Fact]
    public async Task Without_a_policy_there_are_no_such_headers()
    {
        await using var server = await TestServer.StartAsync(http: HttpProtocols.Http1);

        AssertNoCors(await AskAsync(server, App, "content-type"));
        AssertNoCors(await CallAsync(server, App));
    }

    [Theory]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("HTTPS://App.Example", "https://app.example")]
    [InlineData("https://app.example:443", "https://app.example")]
    [InlineData("http://localhost:3000", "http://localhost:3000")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("capacitor://localhost", "capacitor://localhost")]
    [InlineData("*", "*")]
    public void Origins_are_written_as_browsers_write_them(string text, string expected)
    {
        Assert.True(RpcCors.TryParseOrigin(text, out var origin));
        Assert.Equal(expected, origin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("app.example")]
    [InlineData("https://")]
    [InlineData("https://app.example/")]
    [InlineData("https://app.example/path")]
    [InlineData("https://app.example?x=1")]
    [InlineData("https://user@app.example")]
    [InlineData("https://*.example")]
    [InlineData("https://app.example:port")]
    [InlineData("https://a.example https://b.example")]
    [InlineData("null")]
    public void What_is_no_origin_is_refused(string text)
    {
        Assert.False(RpcCors.TryParseOrigin(text, out _));
        Assert.Throws<ArgumentException>(() => new CorsPolicyBuilder().AllowRpc(text));
    }

    private static Task<TestServer> StartAsync(params string[] origins) =>
        TestServer.StartAsync(
            http: HttpProtocols.Http1,
            services: services => services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowRpc(origins))),
            map: app => app.UseCors()
        );

    private static Task<Raw.Answer> AskAsync(TestServer server, string origin, string headers) =>
        server.SendAsync(
            HttpMethod.Options,
            Raw.UnaryPath,
            null,
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", headers)
        );

    private static Task<Raw.Answer> CallAsync(TestServer server, string origin) =>
        server.PostAsync(Raw.UnaryPath, Hello, "application/json", ("origin", origin));

    private static void AssertNoCors(Raw.Answer answer)
    {
        Assert.DoesNotContain(
            answer.Headers,
            header => header.Key.StartsWith("access-control-", StringComparison.OrdinalIgnoreCase)
        );
        Assert.Null(answer.Header("vary"));
    }
}
