using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Server.Tests.Access;

namespace Scoring.Server.Tests.Fuzz;

/// <summary>Damaged tokens and requests, sent to a server: it answers each, and never with an error of its own.</summary>
public sealed class HostileRequestTests
{
    private const int OneCallOf = 5;

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    /// <summary>Whatever is changed in a token after it was signed, it is refused, or it says what was signed.</summary>
    [Fact]
    public async Task Token_that_was_changed_is_refused()
    {
        using var provider = new Provider();
        await using var front = await GuardedFront.StartAsync(change: access => provider.Accept(access, "crm=read@*"));
        var good = Tokens().Select(token => provider.Sign(token.Header, token.Payload)).ToList();
        byte[][] tokens = [.. "., .., =, -, _, ey, null, e30".Split(", ").Select(Encoding.ASCII.GetBytes)];
        foreach (var one in good)
        {
            Assert.Equal("CUSTOMER_NOT_FOUND", await CallAsync(front, one));
        }
        foreach (var input in Mutations.Of([.. good.Select(Encoding.ASCII.GetBytes)], tokens, OneCallOf))
        {
            var token = Encoding.Latin1.GetString(input);
            if (token.Any(c => c is < ' ' or > '~') || token.StartsWith("scoring_", StringComparison.Ordinal))
            {
                // No header has it.
                continue;
            }
            if (await CallAsync(front, token) == "CUSTOMER_NOT_FOUND")
            {
                Assert.Contains(good, one => one[..one.LastIndexOf('.')] == token[..token.LastIndexOf('.')]);
            }
        }
    }

    /// <summary>Whatever a provider signs, the call is answered.</summary>
    [Fact]
    public async Task Token_with_any_content_is_taken_or_refused()
    {
        using var provider = new Provider();
        await using var front = await GuardedFront.StartAsync(change: access => provider.Accept(access, "crm=read@*"));
        byte[][] seeds = [.. Tokens().Select(token => Encoding.UTF8.GetBytes(token.Payload))];
        byte[][] tokens =
        [
            .. "{ } [ ] , : null true 1e999 -1 \"exp\": \"sub\": \"aud\": \"\\ud800\" 99999999999999999999"
                .Split(' ')
                .Select(Encoding.UTF8.GetBytes),
        ];
        var header = Tokens().First().Header;
        foreach (var payload in Mutations.Of(seeds, tokens, OneCallOf))
        {
            var reason = await CallAsync(front, provider.Sign(header, Encoding.UTF8.GetString(payload)));
            Assert.Contains(reason, new[] { "CUSTOMER_NOT_FOUND", "CREDENTIALS_INVALID", "ROLE_MISSING" });
        }
    }

    /// <summary>Paths, queries and bodies of JSON are transcoded or refused.</summary>
    [Fact]
    public async Task Request_of_JSON_is_answered_and_never_with_an_error_of_the_server()
    {
        await using var front = await Front.StartAsync(Front.Options with { ApiPage = true });
        front.Backend.OnSegment = _ => throw new ScoringException(ScoringError.ModelNotFound, "There is none.");
        front.Backend.OnAccount = _ => throw new ScoringException(ScoringError.AccountNotFound, "There is none.");
        front.Backend.OnList = (_, _) => throw Refusals.ListExpired();
        front.Backend.OnAccounts = (_, _) => throw Refusals.ListExpired();
        front.Backend.OnGroup = _ => throw new ScoringException(ScoringError.ModelNotFound, "There is none.");
        front.Backend.OnContrast = _ => throw new ScoringException(ScoringError.ModelNotFound, "There is none.");
        front.Backend.OnPreview = _ => throw new ScoringException(ScoringError.ModelNotFound, "There is none.");
        var port = front.Http.BaseAddress!.Port;
        byte[][] seeds = [.. File.ReadAllLines(CorpusFile("requests")).Select(Encoding.UTF8.GetBytes)];
        byte[][] tokens =
        [
            .. "% %2F %00 %ff ? & = : / .. { } [ ] \" \\ null 1e999 -1 Z ä".Split(' ').Select(Encoding.UTF8.GetBytes),
        ];
        var (good, all) = (0, 0);
        foreach (var input in Mutations.Of(seeds, tokens, OneCallOf))
        {
            var request = Encoding.Latin1.GetString(input);
            if (request.AsSpan().ContainsAny('\r', '\n'))
            {
                // It would be more than one request.
                continue;
            }
            var status = await SendAsync(port, request);
            Assert.True(status is >= 200 and < 500 or 501, $"{status} for {request}");
            good += status == 200 ? 1 : 0;
            all++;
        }
        // Some are as good as before, most are not.
        Assert.InRange(good, 1, all - 1);
    }

    private static async Task<string> CallAsync(GuardedFront front, string token)
    {
        var failure = await GuardedFront.FailAsync(() =>
            front.Scoring(token).GetScoreAsync(new() { CustomerId = "ada" }, cancellationToken: Token).ResponseAsync
        );
        Assert.True(
            failure.Code is StatusCode.NotFound or StatusCode.Unauthenticated or StatusCode.PermissionDenied,
            $"{failure.Code}: {failure.Message} for {token}"
        );
        return failure.Reason;
    }

    /// <summary>Sends "METHOD target body" as it is and gives the status.</summary>
    private static async Task<int> SendAsync(int port, string text)
    {
        var parts = text.Split(' ', 3);
        var (method, target, body) = (parts[0], parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "");
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port, Token);
        await using var stream = connection.GetStream();
        var request = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var line = await reader.ReadLineAsync(Token);
        return int.Parse(line!.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static IEnumerable<(string Header, string Payload)> Tokens() =>
        File.ReadLines(CorpusFile("tokens")).Select(line => line.Split('|')).Select(parts => (parts[0], parts[1]));

    private static string CorpusFile(string name) => Path.Combine(AppContext.BaseDirectory, "Corpora", $"{name}.txt");
}
