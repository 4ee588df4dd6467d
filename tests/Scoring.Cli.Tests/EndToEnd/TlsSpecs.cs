using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.Client;
using Scoring.Server.Tests.Tls;

namespace Scoring.Cli.Tests.EndToEnd;

/// <summary>The commands against a server that knows its callers by their certificates.</summary>
public sealed class TlsSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_command_trusts_the_authority_and_shows_the_certificate_that_it_is_given()
    {
        var authority = new Authority();
        var ca = _folder.Write("ca.pem", authority.Pem);
        var (certificate, key) = Write("server", authority.Issue());
        var (mine, myKey) = Write("me", authority.Issue("me", Authority.ForClients));
        await using var server = await RunningServer.StartAsync(
            new ClientTlsOptions
            {
                CaFile = ca,
                CertificateFile = mine,
                KeyFile = myKey,
            },
            $"--TlsCertificate={certificate}",
            $"--TlsKey={key}",
            $"--TlsClientCa={ca}"
        );
        string[] command = ["model", "list", "--address", server.Address];

        var known = await CommandRun.OfAsync([.. command, "--ca", ca, "--cert", mine, "--key", myKey]);
        var nobody = await CommandRun.OfAsync([.. command, "--ca", ca]);
        var doubtful = await CommandRun.OfAsync([.. command, "--cert", mine, "--key", myKey]);

        Assert.StartsWith("https://", server.Address, StringComparison.Ordinal);
        Assert.Equal((0, ""), (known.ExitCode, known.Error));
        Assert.Contains("engagement", known.Output, StringComparison.Ordinal);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Equal(1, doubtful.ExitCode);
        Assert.Contains("cannot be trusted", doubtful.Error, StringComparison.Ordinal);
        Assert.Contains("--ca", doubtful.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cert and --key (SCORING_CERT, SCORING_KEY) go together", "--cert")]
    [InlineData("none.pem does not exist", "--ca")]
    public async Task Files_that_are_missing_are_named(string problem, string option)
    {
        var run = await CommandRun.OfAsync("score", "ada", option, "none.pem", "--address", "https://127.0.0.1:1");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"scoring: {problem}", run.Error, StringComparison.Ordinal);
    }

    private (string Certificate, string Key) Write(string name, (string Certificate, string Key) pair) =>
        (_folder.Write($"{name}.pem", pair.Certificate), _folder.Write($"{name}.key", pair.Key));
}
