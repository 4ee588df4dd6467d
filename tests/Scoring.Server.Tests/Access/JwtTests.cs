using System.Security.Cryptography;
using System.Text.Json;
using Grpc.Core;
using Microsoft.IdentityModel.Tokens;
using Scoring.Server.Access;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Tests.Access;

/// <summary>Tokens of a provider: who signed them, for whom, until when, and what their roles allow here.</summary>
public sealed class JwtTests : IAsyncLifetime
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly Provider _provider = new();
    private GuardedFront _front = null!;

    public async ValueTask InitializeAsync() =>
        _front = await GuardedFront.StartAsync(change: access =>
            _provider.Accept(access, "crm=read@default", "urn:x=y=ingest@trial", "ops=admin@*")
        );

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        _provider.Dispose();
    }

    [Theory]
    [InlineData("""["crm","other"]""", "CUSTOMER_NOT_FOUND")]
    [InlineData("\"other crm\"", "CUSTOMER_NOT_FOUND")]
    [InlineData("\"crm\"", "CUSTOMER_NOT_FOUND")]
    [InlineData("\"crmx\"", "ROLE_MISSING")]
    [InlineData("""["CRM"]""", "ROLE_MISSING")]
    [InlineData("""["urn:x=y"]""", "ROLE_MISSING")]
    [InlineData("""["admin@*","read@default"]""", "ROLE_MISSING")]
    [InlineData("null", "ROLE_MISSING")]
    public async Task Roles_of_a_token_allow_what_the_settings_say(string roles, string reason)
    {
        var token = _provider.Create(new() { ["roles"] = JsonSerializer.Deserialize<JsonElement>(roles) });

        Assert.Equal(reason, (await CallAsync(token)).Reason);
    }

    [Fact]
    public async Task A_token_cannot_claim_what_the_server_itself_says_of_callers()
    {
        var token = _provider.Create(
            new()
            {
                ["roles"] = "other",
                ["scoring/grant"] = "admin@*",
                ["scoring/key-id"] = "admin",
            }
        );

        Assert.Equal("ROLE_MISSING", (await CallAsync(token)).Reason);
    }

    public static TheoryData<string> Wrong =>
        [
            "issuer",
            "audience",
            "expired",
            "not yet",
            "no expiry",
            "other key",
            "no signature",
            "public key as secret",
            "cut",
            "garbage",
        ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_not_of_the_provider_for_this_server_and_for_now_is_refused(string what)
    {
        using var other = RSA.Create(2048);
        var good = _provider.Create();
        var token = what switch
        {
            "issuer" => _provider.Create(issuer: "https://evil.example"),
            "audience" => _provider.Create(audience: "billing"),
            "expired" => _provider.Create(expires: DateTime.UtcNow.AddHours(-1)),
            "not yet" => _provider.Create(notBefore: DateTime.UtcNow.AddHours(1), expires: DateTime.UtcNow.AddHours(2)),
            "no expiry" => _provider.Create(expires: DateTime.MaxValue),
            "other key" => _provider.Create(key: new RsaSecurityKey(other) { KeyId = "one" }),
            "no signature" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{good.Split('.')[1]}.",
            "public key as secret" => _provider.Create(
                key: new SymmetricSecurityKey(_provider.PublicKey) { KeyId = "one" },
                algorithm: SecurityAlgorithms.HmacSha256
            ),
            "cut" => good[..^10],
            _ => "a.b.c",
        };

        var failure = await CallAsync(token);

        Assert.Equal((StatusCode.Unauthenticated, "CREDENTIALS_INVALID"), (failure.Code, failure.Reason));
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_does()
    {
        var expires = DateTime.UtcNow.AddHours(1);
        var token = _provider.Create(new() { ["roles"] = "urn:x=y" }, expires: expires);
        var batch = new RecordEventsRequest
        {
            Workspace = "trial",
            Events =
            {
                new Event { CustomerId = "ada", Type = "x" },
            },
        };
        using var stream = _front.Scoring(token).StreamEvents(cancellationToken: Token);
        await stream.RequestStream.WriteAsync(batch, Token);
        Assert.True(await stream.ResponseStream.MoveNext(Token));

        _front.Front.Time.Advance(expires - Front.Now.UtcDateTime);

        await stream.RequestStream.WriteAsync(batch, Token);
        var ended = await GuardedFront.FailAsync(() => stream.ResponseStream.MoveNext(Token));
        Assert.Equal((StatusCode.Unauthenticated, "CREDENTIALS_INVALID"), (ended.Code, ended.Reason));
    }

    [Fact]
    public async Task What_a_token_changes_is_noted_by_its_subject_without_what_a_terminal_would_obey()
    {
        var token = _provider.Create(new() { ["roles"] = "ops" }, subject: "batch\u001b[31m-job");

        await _front.CreateAsync("read@default", creator: token);

        var entry = Assert.Single(
            (await _front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries
        );
        Assert.Equal("token batch [31m-job", entry.Actor);
    }

    [Fact]
    public async Task Keys_and_issuer_of_a_provider_are_found_out_by_discovery()
    {
        await using var discovery = await _provider.PublishAsync();
        await using var front = await GuardedFront.StartAsync(change: access =>
            _provider.Accept(access, "crm=read@default") with
            {
                Jwt = new JwtRules
                {
                    Authority = discovery.Address,
                    Audience = Provider.Audience,
                    Grants = [GrantRule.Parse("crm=read@default")],
                },
            }
        );

        Assert.Equal("CUSTOMER_NOT_FOUND", (await CallAsync(front, _provider.Create())).Reason);
        var foreign = _provider.Create(issuer: "https://evil.example");
        Assert.Equal("CREDENTIALS_INVALID", (await CallAsync(front, foreign)).Reason);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_told_as_such_and_keys_are_taken_meanwhile()
    {
        await using var front = await GuardedFront.StartAsync(change: access =>
            _provider.Accept(access, "crm=read@default") with
            {
                // Nobody listens at this port.
                Jwt = new JwtRules { Authority = "http://127.0.0.1:1", Audience = Provider.Audience },
            }
        );

        var failure = await CallAsync(front, _provider.Create());

        Assert.Equal((StatusCode.Unavailable, "UNAVAILABLE"), (failure.Code, failure.Reason));
        Assert.NotNull(failure.RetryAfter);
        Assert.Equal("CUSTOMER_NOT_FOUND", (await CallAsync(front, "")).Reason);
    }

    private Task<CallFailure> CallAsync(string token) => CallAsync(_front, token);

    private static async Task<CallFailure> CallAsync(GuardedFront front, string token) =>
        await GuardedFront.FailAsync(() =>
            front.Scoring(token).GetScoreAsync(new() { CustomerId = "ada" }, cancellationToken: Token).ResponseAsync
        );
}
