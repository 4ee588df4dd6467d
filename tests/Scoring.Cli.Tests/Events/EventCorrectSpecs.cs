using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;
using Outcome = Scoring.V1.CorrectionOutcome;

namespace Scoring.Cli.Tests.Events;

/// <summary><c>scoring events correct</c>: what is asked, and what is shown.</summary>
public sealed class EventCorrectSpecs
{
    private static readonly Timestamp At = Timestamp.FromDateTime(new(2026, 1, 31, 12, 30, 0, DateTimeKind.Utc));

    [Fact]
    public async Task An_event_is_voided_by_what_it_is()
    {
        await using var server = await CorrectionServer.StartAsync();

        var run = await RunAsync(server, "ada --type purchase --at 2026-01-31T12:30:00Z --workspace beta");
        await RunAsync(server, "ada --type purchase --at 2026-01-31T12:30:00Z --value 2.5 --feature export --id t-1");

        Assert.Equal((0, "", "1 event voided, 0 replaced"), (run.ExitCode, run.Error, run.Output.Trim()));
        var (first, second) = (Only(server, 0), Only(server, 1));
        Assert.Equal("beta", server.Requests.First().Workspace);
        Assert.Equal(
            new Event
            {
                CustomerId = "ada",
                Type = "purchase",
                OccurredAt = At,
            },
            first.Event
        );
        Assert.Null(first.Replacement);
        Assert.NotEmpty(first.CorrectionId);
        Assert.Equal((2.5, "export", "t-1"), (second.Event.Value, second.Event.Feature, second.CorrectionId));
    }

    [Fact]
    public async Task What_takes_its_place_has_its_type_and_time_unless_given()
    {
        await using var server = await CorrectionServer.StartAsync();

        var run = await RunAsync(server, "ada --type purchase --at 2026-01-31T12:30:00Z --value 500 --new-value 5");
        await RunAsync(
            server,
            "ada --type purchase --at 2026-01-31T12:30:00Z --new-type refund --new-at 2026-02-01 --new-account acme"
        );

        Assert.Equal((0, "0 events voided, 1 replaced"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal(
            new Event
            {
                Type = "purchase",
                OccurredAt = At,
                Value = 5,
            },
            Only(server, 0).Replacement
        );
        Assert.Equal(
            new Event
            {
                Type = "refund",
                OccurredAt = Timestamp.FromDateTime(new(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc)),
                AccountId = "acme",
            },
            Only(server, 1).Replacement
        );
    }

    [Fact]
    public async Task A_command_that_is_run_again_asks_for_the_same_correction()
    {
        await using var server = await CorrectionServer.StartAsync();
        server.Answer = _ => new() { Outcome = Outcome.AlreadyCorrected };

        for (var i = 0; i < 2; i++)
        {
            var run = await RunAsync(server, "ada --type purchase --at 2026-01-31T12:30:00Z");
            Assert.Equal(0, run.ExitCode);
            Assert.Contains("1 correction had been made before", run.Output, StringComparison.Ordinal);
        }
        await RunAsync(server, "ada --type purchase --at 2026-01-31T12:30:00Z --value 2");

        Assert.Equal(Only(server, 0), Only(server, 1));
        Assert.NotEqual(Only(server, 0).CorrectionId, Only(server, 2).CorrectionId);
    }

    [Theory]
    [InlineData(
        "wrong.csv",
        "customer_id,event_type,occurred_at,value,feature,new_value,correction_id\nada,purchase,2026-01-31T12:30:00Z,500,,5,\nada,purchase,2026-01-31 12:30,,export,,c-2\nada,purchase,2026-01-31 12:30,,export,,\nada,purchase,2026-01-31 12:30,,export,,\n"
    )]
    [InlineData(
        "wrong.jsonl",
        """
            {"customer_id": "ada", "event_type": "purchase", "occurred_at": "2026-01-31T12:30:00Z", "value": 500, "new_value": 5}
            {"customer_id": "ada", "account_id": "", "event_type": "purchase", "occurred_at": "2026-01-31T12:30:00Z", "feature": "export", "correction_id": "c-2"}
            {"customer_id": "ada", "event_type": "purchase", "occurred_at": "2026-01-31T12:30:00Z", "feature": "export"}
            {"customer_id": "ada", "event_type": "purchase", "occurred_at": "2026-01-31T12:30:00Z", "feature": "export"}
            """
    )]
    public async Task A_file_has_a_correction_on_each_line(string name, string content)
    {
        await using var server = await CorrectionServer.StartAsync();
        using var folder = new TempFolder();

        var run = await RunAsync(server, $"--file {folder.Write(name, content)}");

        Assert.Equal((0, "", "3 events voided, 1 replaced"), (run.ExitCode, run.Error, run.Output.Trim()));
        var asked = Assert.Single(server.Requests).Corrections;
        Assert.Equal((500, 5), (asked[0].Event.Value, asked[0].Replacement.Value));
        Assert.Equal(At, asked[0].Replacement.OccurredAt);
        Assert.Equal(
            ("c-2", "export", false, null),
            (asked[1].CorrectionId, asked[1].Event.Feature, asked[1].Event.HasValue, asked[1].Replacement)
        );
        Assert.Equal(4, asked.Select(of => of.CorrectionId).Distinct().Count());
        await RunAsync(server, $"--file {Path.Combine(folder.Path, name)}");
        Assert.Equal(server.Requests.First(), server.Requests.Last());
    }

    [Fact]
    public async Task What_was_not_corrected_is_told_by_file_and_line_and_fails_the_command()
    {
        await using var server = await CorrectionServer.StartAsync();
        server.Answer = of =>
            of.Event.CustomerId == "bob"
                ? new() { Outcome = Outcome.EventNotFound, Message = "The customer has no such event." }
                : new() { Outcome = Outcome.Corrected };
        using var folder = new TempFolder();
        var file = folder.Write(
            "wrong.csv",
            "customer_id,event_type,occurred_at\nada,login,2026-01-31\nbob,login,2026-01-31\n"
        );

        var run = await RunAsync(server, $"--file {file}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("1 event voided, 0 replaced", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"{file}:3: The customer has no such event.",
            run.Output.ReplaceLineEndings(""),
            StringComparison.Ordinal
        );
        Assert.Contains("1 of 2 events not corrected", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_and_as_JSON_it_is_as_it_came()
    {
        await using var server = await CorrectionServer.StartAsync();
        server.Failures.Enqueue(StatusCode.Unavailable);

        var run = await RunAsync(server, "ada --type login --at 2026-01-31 --json");

        Assert.Equal(0, run.ExitCode);
        using var json = JsonDocument.Parse(run.Output);
        var result = Assert.Single(json.RootElement.GetProperty("results").EnumerateArray());
        Assert.Equal("CORRECTION_OUTCOME_CORRECTED", result.GetProperty("outcome").GetString());
        Assert.Equal(server.Requests.First(), server.Requests.Last());
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("customer_id,event_type,occurred_at\nada,login,soon\n", ":2: occurred_at must be a time")]
    [InlineData("customer_id,event_type,occurred_at\nada,,2026-01-31\n", ":2: event_type is needed")]
    [InlineData("customer_id,event_type,occurred_at,value\nada,login,2026-01-31,x\n", ":2: value must be a number")]
    [InlineData("customer_id,event_type,occurred_at\nada,login\n", ":2: 2 fields where the header has 3")]
    [InlineData("customer_id,event_type,occurred_at\n", ": it has no events")]
    public async Task A_file_that_cannot_be_read_corrects_nothing(string content, string expected)
    {
        await using var server = await CorrectionServer.StartAsync();
        using var folder = new TempFolder();
        var file = folder.Write("wrong.csv", content);

        var run = await RunAsync(server, $"--file {file}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{file}{expected}", run.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("ada", "--type and --at are needed")]
    [InlineData("ada --type login", "--type and --at are needed")]
    [InlineData("", "Give either a customer")]
    [InlineData("ada --file wrong.csv", "Give either a customer")]
    [InlineData("ada --type login --at soon", "--at: 'soon' is no time such as")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string args, string expected)
    {
        var run = await CommandRun.OfAsync([
            "events",
            "correct",
            .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static EventCorrection Only(CorrectionServer server, int request) =>
        Assert.Single(server.Requests.ElementAt(request).Corrections);

    private static Task<CommandRun> RunAsync(CorrectionServer server, string args) =>
        CommandRun.OfAsync([
            "events",
            "correct",
            .. args.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            "--address",
            server.Address,
        ]);
}
