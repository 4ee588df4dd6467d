using System.Text;
using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>An engine on a directory of its own, with a clock that stands still until it is told to go on.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    private readonly string _root = System.IO.Directory.CreateTempSubdirectory("scoring-engine-").FullName;
    private int _copies;

    public EngineHarness()
    {
        Directory = Path.Combine(_root, "data");
        Options = new EngineOptions
        {
            DataDirectory = Directory,
            Partitions = 3,
            TimeProvider = Clock,
            CheckpointInterval = TimeSpan.FromDays(30),
            CommitProbe = step => Probe?.Invoke(step),
            Models = [new ModelSource("", Samples.Model(), "1")],
        };
    }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public Instant Now => Instant.From(Clock.GetUtcNow());

    public EngineOptions Options { get; set; }

    public string Directory { get; private set; }

    public string Database => Path.Combine(Directory, StoreFile.FileName);

    public Action<CommitStep>? Probe { get; set; }

    public ScoringEngine Engine { get; private set; } = null!;

    public async Task<ScoringEngine> Open()
    {
        Engine = await ScoringEngine.OpenAsync(Options, Cancellation);
        return Engine;
    }

    public async Task Reopen()
    {
        await Engine.DisposeAsync();
        await Open();
    }

    /// <summary>Goes on with a copy of the files as they are at this moment: what a crash of the process would have left.</summary>
    public async Task CrashAndReopen()
    {
        var crashed = Engine;
        UseCopyOfFiles();
        Probe = null;
        await crashed.DisposeAsync();
        await Open();
    }

    /// <summary>Copies the files as they are and makes the copy the directory to be opened next.</summary>
    public void UseCopyOfFiles()
    {
        var copy = Path.Combine(_root, $"copy{++_copies}");
        System.IO.Directory.CreateDirectory(copy);
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (File.Exists(Database + suffix))
            {
                File.Copy(Database + suffix, Path.Combine(copy, StoreFile.FileName + suffix));
            }
        }
        UseDirectory(copy);
    }

    /// <summary>Makes a directory the one to be opened next.</summary>
    public void UseDirectory(string path)
    {
        Directory = path;
        Options = Options with { DataDirectory = path };
    }

    public async Task<WriteResult> Record(params Sample[] events)
    {
        using var batch = Samples.Batch(events);
        return await Engine.RecordAsync(batch, Cancellation);
    }

    public async Task<CustomerScore?> Score(string customer, string workspace = "") =>
        (await Engine.GetScoresAsync(new ScoreQuery(workspace, [customer], "", null), Cancellation))[0];

    /// <summary>Events that a customer was counted for, all types together.</summary>
    public async Task<double> CountOf(string customer) =>
        (await Score(customer))?.Contributions.Where(c => c.Term.HalfLifeDays == 0).Sum(c => c.Quantity) ?? 0;

    public async Task<CustomerScore?[]> Scores(IReadOnlyList<string> customers, Instant at) =>
        [.. await Engine.GetScoresAsync(new ScoreQuery("", customers, "", at), Cancellation)];

    public async ValueTask DisposeAsync()
    {
        Probe = null;
        if (Engine is not null)
        {
            await Engine.DisposeAsync();
        }
        System.IO.Directory.Delete(_root, recursive: true);
    }
}

/// <summary>One event, for writing tests down.</summary>
internal sealed record Sample(
    string Customer,
    string? Id = null,
    string Type = "login",
    double Value = 1,
    Instant? At = null,
    string Feature = "",
    string Account = ""
);

internal static class Samples
{
    public static readonly string[] Types = ["login", "purchase", "complaint"];

    /// <summary>Counts of every type for life, and decayed.</summary>
    public static ScoringModel Model(string name = "engagement", double weight = 1) =>
        new()
        {
            Name = name,
            Terms =
            [
                .. Types.Select(type => new Term(type, 0, Measure.Count, weight)),
                .. Types.Select(type => new Term(type, 7, Measure.Value, weight)),
                .. Types.Select(type => new Term(type, 30, Measure.Count, weight)),
            ],
            TargetPoints = 100,
            Bands =
            [
                new Band("low", "Low", Engagement.NotEngaged, 50, UpperEndIncluded: true),
                new Band("high", "High", Engagement.Engaged, null, UpperEndIncluded: false),
            ],
        };

    public static EventBatch Batch(IReadOnlyList<Sample> events, string workspace = WorkspaceSettings.DefaultName)
    {
        var batch = new EventBatch(workspace);
        for (var i = 0; i < events.Count; i++)
        {
            var sample = events[i];
            batch.Add(
                new EventRecord
                {
                    CustomerId = Encoding.UTF8.GetBytes(sample.Customer),
                    Type = Encoding.UTF8.GetBytes(sample.Type),
                    EventId = Encoding.UTF8.GetBytes(sample.Id ?? ""),
                    AccountId = Encoding.UTF8.GetBytes(sample.Account),
                    Feature = Encoding.UTF8.GetBytes(sample.Feature),
                    OccurredAt = sample.At,
                    Value = sample.Value,
                    Index = i,
                }
            );
        }
        return batch;
    }
}
