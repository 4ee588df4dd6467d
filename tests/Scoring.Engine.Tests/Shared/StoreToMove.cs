using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Adjustments;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Workspaces;

namespace Scoring.Engine.Tests;

/// <summary>What is recorded in a store that is moved, and what is asked of it before and afterwards.</summary>
internal static class StoreToMove
{
    public const string Other = "other";
    private const int Customers = 300;
    private const int Accounts = 20;
    private static readonly string[] Workspaces = [WorkspaceSettings.DefaultName, Other];

    /// <summary>Stands where all clocks of these tests do.</summary>
    public static FakeTimeProvider Clock() => new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The engine that a store is recorded by and read by.</summary>
    public static EngineOptions Options(string directory, int? partitions = null) =>
        new()
        {
            DataDirectory = directory,
            Partitions = partitions,
            TimeProvider = Clock(),
            Workspaces =
            [
                new()
                {
                    Name = WorkspaceSettings.DefaultName,
                    Lifecycle = new() { EndingEventTypes = ["complaint"], ReturningEventTypes = ["purchase"] },
                },
                new()
                {
                    Name = Other,
                    HalfLivesDays = [3, 90],
                    PassiveEventTypes = ["complaint"],
                },
            ],
            CheckpointInterval = TimeSpan.FromDays(30),
        };

    /// <summary>Records something of everything, some of it before the newest checkpoint and some behind it.</summary>
    public static async Task FillAsync(ScoringEngine engine)
    {
        foreach (var workspace in Workspaces)
        {
            await engine.PutModelAsync(workspace, ModelOf(workspace, weight: 1), BackendHost.Cancellation);
            await engine.PutModelAsync(workspace, ModelOf(workspace, weight: 2), BackendHost.Cancellation);
            await engine.UpsertAccountsAsync(workspace, [.. AccountUpdates()], BackendHost.Cancellation);
            await engine.UpsertCustomersAsync(workspace, [.. CustomerUpdates()], BackendHost.Cancellation);
            await RecordAsync(engine, workspace, seed: 1);
            await AdjustAsync(engine, workspace, first: 0);
            await engine.CheckpointAsync(BackendHost.Cancellation);
            await RecordAsync(engine, workspace, seed: 2);
            await engine.MergeCustomersAsync(workspace, "c0", ["c1", "c2"], BackendHost.Cancellation);
        }
        await engine.CheckpointAsync(BackendHost.Cancellation);
        foreach (var workspace in Workspaces)
        {
            await engine.MergeCustomersAsync(workspace, "c3", ["c4", "c0"], BackendHost.Cancellation);
            await RecordAsync(engine, workspace, seed: 3);
            await AdjustAsync(engine, workspace, first: 100);
        }
    }

    /// <summary>Sends again what was recorded, and something new under the same id.</summary>
    public static async Task SendAgainAsync(ScoringEngine engine)
    {
        foreach (var workspace in Workspaces)
        {
            for (var seed = 1; seed <= 3; seed++)
            {
                var samples = SamplesOf(seed);
                var again = await RecordAsync(engine, workspace, seed);
                Assert.Equal((0, samples.Length, 0), (again.Accepted, again.Duplicates, again.Rejections.Count));
            }
            using var batch = Samples.Batch([SamplesOf(1)[0] with { Value = 77 }], workspace);
            var conflict = await engine.RecordAsync(batch, BackendHost.Cancellation);
            Assert.Single(conflict.Rejections);
        }
    }

    /// <summary>Every answer to everything that can be asked, as text.</summary>
    public static async Task<string> AnswersAsync(ScoringEngine engine)
    {
        var answers = new List<string>();
        foreach (var workspace in Workspaces)
        {
            var model = ModelOf(workspace, 1).Name;
            string[] customers = [.. Enumerable.Range(0, Customers + 1).Select(number => $"c{number}")];
            foreach (var score in await engine.GetScoresAsync(new(workspace, customers, model, null), default))
            {
                answers.Add(JsonSerializer.Serialize(score, Exact));
            }
            foreach (var filter in (string[])["", "plan = \"p1\"", "region = \"north\" AND plan = \"p0\""])
            {
                var segment = await engine.GetSegmentStatisticsAsync(
                    new()
                    {
                        Workspace = workspace,
                        Model = model,
                        Filter = Filter.Parse(filter),
                        Percentiles = [10, 50, 99],
                        Top = 10,
                        Bottom = 10,
                        EventTotals = true,
                    },
                    default
                );
                answers.Add(JsonSerializer.Serialize(segment, Rounded));
            }
            var adjustments = await engine.ListAdjustmentsAsync(new(workspace, "", "", 1_000), default);
            Assert.Equal(20, adjustments.Count);
            answers.Add(JsonSerializer.Serialize(adjustments, Exact));
            for (var account = 0; account < Accounts; account++)
            {
                var health = await engine.GetAccountHealthAsync(
                    new(workspace, $"a{account}", 30, model, null),
                    default
                );
                answers.Add(JsonSerializer.Serialize(health, Rounded));
            }
            answers.Add(JsonSerializer.Serialize(await engine.ListModelsAsync(workspace, default), Exact));
            answers.Add(
                JsonSerializer.Serialize(await engine.ListModelVersionsAsync(workspace, model, default), Exact)
            );
            var names = await engine.ListNamesAsync(workspace, default);
            answers.Add(JsonSerializer.Serialize(names.Names, Exact));
        }
        return string.Join('\n', answers);
    }

    /// <summary>Every file of a directory with what it holds, but the lock, which is none of the store.</summary>
    public static string Fingerprint(string directory) =>
        string.Join(
            '\n',
            Directory
                .EnumerateFiles(directory)
                .Where(path => Path.GetFileName(path) != "scoring.lock")
                .Order(StringComparer.Ordinal)
                .Select(path =>
                    $"{Path.GetFileName(path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"
                )
        );

    // What is added up in another order differs in its last bits.
    private static readonly JsonSerializerOptions Rounded = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new RoundedNumbers() },
    };

    private static readonly JsonSerializerOptions Exact = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private static ScoringModel ModelOf(string workspace, double weight)
    {
        var model = Samples.Model(weight: weight);
        return workspace != Other
            ? model
            : model with
            {
                Terms =
                [
                    .. model
                        .Terms.Cast<EventTerm>()
                        .Select(term =>
                            term with
                            {
                                HalfLifeDays =
                                    term.HalfLifeDays == 7 ? 3
                                    : term.HalfLifeDays == 30 ? 90
                                    : 0,
                            }
                        ),
                ],
            };
    }

    private static async Task<WriteResult> RecordAsync(ScoringEngine engine, string workspace, int seed)
    {
        using var batch = Samples.Batch(SamplesOf(seed), workspace);
        return await engine.RecordAsync(batch, BackendHost.Cancellation);
    }

    private static async Task AdjustAsync(ScoringEngine engine, string workspace, int first)
    {
        foreach (var number in Enumerable.Range(first, 10).Select(number => number * 7 % Customers))
        {
            var adjustment = new ScoreAdjustment(
                ModelOf(workspace, 1).Name,
                number % 2 == 0 ? AdjustmentKind.Add : AdjustmentKind.Set,
                number,
                $"reason {number}",
                "ada",
                CreateTime: default,
                ExpireTime: null
            );
            var update = new CustomerUpdate($"c{number}", "", []);
            await engine.UpsertCustomersAsync(workspace, [update], BackendHost.Cancellation);
            await engine.AdjustScoreAsync(workspace, $"c{number}", adjustment, BackendHost.Cancellation);
        }
    }

    private static Sample[] SamplesOf(int seed)
    {
        var random = new Random(seed);
        var now = Core.Time.Instant.From(Clock().GetUtcNow());
        return
        [
            .. Enumerable
                .Range(0, 400)
                .Select(number => new Sample(
                    $"c{random.Next(Customers)}",
                    $"{seed}-{number}",
                    Samples.Types[random.Next(Samples.Types.Count)],
                    random.Next(3) == 0 ? random.Next(1, 100) / 8.0 : 1,
                    now - TimeSpan.FromHours(random.Next(24 * 40)),
                    random.Next(2) == 0 ? $"feature{random.Next(12)}" : "",
                    random.Next(8) == 0 ? $"a{random.Next(Accounts)}" : ""
                )),
        ];
    }

    private static IEnumerable<CustomerUpdate> CustomerUpdates() =>
        Enumerable
            .Range(0, Customers)
            .Where(number => number % 3 != 0)
            .Select(number => new CustomerUpdate(
                $"c{number}",
                number % 4 == 0 ? $"a{number % Accounts}" : "",
                number % 2 == 0
                    ? [new("plan", $"p{number % 5}"), new("region", number % 7 == 0 ? "north" : "south")]
                    : [new("region", "north"), new("plan", $"p{number % 3}")]
            ));

    private static IEnumerable<AccountUpdate> AccountUpdates() =>
        Enumerable.Range(0, Accounts).Select(number => new AccountUpdate($"a{number}", number, [new("tier", "gold")]));

    private sealed class RoundedNumbers : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString("G10", CultureInfo.InvariantCulture));
    }
}
