using Grpc.Core;
using Scoring.Cli.Tests.Support;

namespace Scoring.Cli.Tests.Terminal;

/// <summary>Where commands find the key that they show, and that nobody else sees it.</summary>
public sealed class ApiKeyOptionSpecs : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("scoring_1_abc")]
    [InlineData("scoring_1_abc\n")]
    [InlineData("  scoring_1_abc  \r\nof the importer, until May\r\n")]
    [InlineData("\uFEFFscoring_1_abc\n")]
    public async Task The_first_line_of_the_file_is_sent(string content)
    {
        await using var server = await AdminServer.StartAsync();

        var run = await ListAsync(server, KeyFile(content));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(("ListApiKeys", "Bearer scoring_1_abc"), server.Calls.Single());
    }

    [Fact]
    public async Task The_environment_names_a_file_or_is_the_key_itself_and_the_option_comes_first()
    {
        await using var server = await AdminServer.StartAsync();
        var (option, named) = (KeyFile("of-option", "option"), KeyFile("of-named-file", "named"));
        var key = new KeyValuePair<string, string>("SCORING_API_KEY", "of-variable\n");
        var file = new KeyValuePair<string, string>("SCORING_API_KEY_FILE", named);
        string[] command = ["keys", "list", "--address", server.Address];

        await AssertDoneAsync([key], command);
        await AssertDoneAsync([key, file], command);
        await AssertDoneAsync([key, file], [.. command, "--api-key-file", option]);
        await AssertDoneAsync([], command);

        Assert.Equal(
            ["Bearer of-variable", "Bearer of-named-file", "Bearer of-option", ""],
            server.Calls.Select(call => call.Authorization)
        );
    }

    [Fact]
    public async Task A_file_that_every_user_can_read_is_warned_of_and_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes of files.");
        await using var server = await AdminServer.StartAsync();
        var file = KeyFile("scoring_1_abc");
        SetMode(file, Private | UnixFileMode.GroupRead);

        var ofGroup = await ListAsync(server, file);
        SetMode(file, Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var ofAll = await ListAsync(server, file);

        Assert.Equal((0, ""), (ofGroup.ExitCode, ofGroup.Error));
        Assert.Equal(
            (
                0,
                $"scoring: every user of this machine can read the key in {file}; change that with: chmod 600 {file}\n"
            ),
            (ofAll.ExitCode, ofAll.Error)
        );
        Assert.Equal(2, server.Calls.Count);
    }

    [Theory]
    [InlineData("none", "there is no such file")]
    [InlineData("", "is a folder, not a file")]
    public async Task A_file_that_cannot_be_read_is_named(string name, string problem)
    {
        await using var server = await AdminServer.StartAsync();
        var file = Path.Combine(_folder.Path, name);

        var run = await ListAsync(server, file);

        Assert.Equal((1, $"scoring: {file}: {problem}\n"), (run.ExitCode, run.Error));
        Assert.Empty(server.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\nscoring_1_abc\n")]
    [InlineData("Bearer scoring_1_abc")]
    [InlineData("scoring_1_\u001b[2Jabc")]
    public async Task A_file_without_a_key_is_named_and_what_it_has_is_not_shown(string content)
    {
        await using var server = await AdminServer.StartAsync();
        var file = KeyFile(content);

        var run = await ListAsync(server, file);

        Assert.Equal(
            (1, $"scoring: {file} holds no API key: its first line must be the key and nothing else\n"),
            (run.ExitCode, run.Error)
        );
        Assert.Empty(server.Calls);
    }

    [Theory]
    [InlineData("scoring_1_abc")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task A_key_in_place_of_its_file_is_not_shown(string key)
    {
        await using var server = await AdminServer.StartAsync();

        var run = await ListAsync(server, key);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("scoring: --api-key-file: there is no such file. ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keys", "list")]
    [InlineData("score", "ada")]
    public async Task A_key_is_not_sent_in_plain_text_to_another_machine(params string[] command)
    {
        var file = KeyFile("scoring_1_abc");

        var run = await CommandRun.OfAsync([
            .. command,
            "--address",
            "http://scoring.example:5081",
            "--api-key-file",
            file,
        ]);

        Assert.Equal(
            (
                1,
                $"scoring: the API key of {file} would be sent in plain text to http://scoring.example:5081; write https:// instead of http://\n"
            ),
            (run.ExitCode, run.Error)
        );
    }

    [Theory]
    [InlineData(StatusCode.Unauthenticated, "CREDENTIALS_MISSING", "give a key with --api-key-file or SCORING_API_KEY")]
    [InlineData(StatusCode.Unauthenticated, "CREDENTIALS_INVALID", "is none, was revoked or has expired")]
    [InlineData(StatusCode.PermissionDenied, "ROLE_MISSING", "give a key that may do this with --api-key-file")]
    public async Task Who_is_not_let_in_is_told_what_to_do(StatusCode code, string reason, string advice)
    {
        await using var server = await AdminServer.StartAsync();
        server.Admin.Failures.Enqueue(AdminServer.Refusal(code, reason));

        var run = await ListAsync(server, KeyFile("scoring_1_abc"));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            code == StatusCode.Unauthenticated
                ? "scoring: UNAUTHENTICATED: Refused."
                : "scoring: PERMISSION_DENIED: Refused.",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(advice, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("scoring_1_abc", run.Error, StringComparison.Ordinal);
        Assert.Single(server.Calls);
    }

    private static Task<CommandRun> ListAsync(AdminServer server, string file) =>
        CommandRun.OfAsync("keys", "list", "--address", server.Address, "--api-key-file", file);

    private static async Task AssertDoneAsync(KeyValuePair<string, string>[] environment, string[] command)
    {
        var run = await CommandProcess.RunAsync(new Dictionary<string, string>(environment), command);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private string KeyFile(string content, string name = "key")
    {
        var file = _folder.Write(name, content);
        SetMode(file, Private);
        return file;
    }

    private static void SetMode(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }
    }
}
