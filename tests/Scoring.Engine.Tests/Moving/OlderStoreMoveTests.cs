using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Scoring.Core.Time;
using Scoring.Engine.Files;
using Scoring.Engine.Moving;

namespace Scoring.Engine.Tests.Moving;

/// <summary>Stores of layout 4, which the build before commit d65999d wrote: read by a move, refused by a server.</summary>
/// <remarks>
/// layout4-clean and layout4-killed are one data directory of a server of that build, with three partitions and CheckpointBytes 65536, after it was stopped
/// and after it was killed: of <c>scoring simulate --customers 10 --days 30 --until 2026-11-29T00:00:00Z</c>, three more events, two upserts of
/// customers, one of an account, and a second version of the model. layout4-answers.csv is what that server answered to GetScore for 2026-11-30.
/// </remarks>
public sealed class OlderStoreMoveTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scoring-older-").FullName;

    private string From => Path.Combine(_root, "from");

    private string To => Path.Combine(_root, "to");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("clean", 3)]
    [InlineData("killed", 3)]
    [InlineData("killed", 2)]
    public async Task A_store_of_layout_4_answers_after_a_move_what_it_answered_before(string store, int partitions)
    {
        Unpack(store);
        var files = StoreToMove.Fingerprint(From);

        var report = Move(partitions);

        Assert.Equal(files, StoreToMove.Fingerprint(From));
        Assert.Equal([new MovedWorkspace("default", 13, 2, 580)], report.Workspaces);
        await using var engine = await Open(To);
        await AssertAnswers(engine);
    }

    [Theory]
    [InlineData("clean")]
    [InlineData("killed")]
    public async Task A_server_refuses_it_and_says_what_to_do(string store)
    {
        Unpack(store);
        var files = StoreToMove.Fingerprint(From);

        var error = await Assert.ThrowsAsync<StoreException>(() => Open(From));

        Assert.Contains($"scoring move --from {From} --to NEW", error.Message, StringComparison.Ordinal);
        Assert.Equal(files, StoreToMove.Fingerprint(From));
    }

    [Fact]
    public void One_that_a_server_has_open_is_refused()
    {
        Unpack("clean");
        using var open = DirectoryLock.Take(From);

        Assert.Throws<StoreException>(() => Move(3));
    }

    [Fact]
    public void Another_layout_is_refused()
    {
        Unpack("clean");
        var path = Path.Combine(From, "scoring.db");
        var bytes = File.ReadAllBytes(path);
        bytes[63] = 3;
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<StoreException>(() => Move(3));

        Assert.Contains("layout 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clean", "scoring.db")]
    [InlineData("killed", "scoring.db-wal")]
    [InlineData("killed", "*.snapshot")]
    [InlineData("killed", "*.journal")]
    public async Task A_bit_that_flips_is_noticed_or_does_no_harm(string store, string files)
    {
        Unpack(store);
        var random = new Random(1);
        var refused = 0;
        foreach (var path in Directory.GetFiles(From, files).Order(StringComparer.Ordinal))
        {
            var sound = await File.ReadAllBytesAsync(path, EngineHarness.Cancellation);
            for (var i = 0; i < 4; i++)
            {
                var damaged = sound.ToArray();
                damaged[random.Next(Math.Min(sound.Length, 40_000))] ^= (byte)(1 << random.Next(8));
                await File.WriteAllBytesAsync(path, damaged, EngineHarness.Cancellation);
                try
                {
                    Move(3);
                    await using var engine = await Open(To);
                    await AssertAnswers(engine);
                }
                catch (StoreException)
                {
                    refused++;
                }
                // Where the store was refused at once, it was not even made.
                if (Directory.Exists(To))
                {
                    Directory.Delete(To, recursive: true);
                }
            }
            await File.WriteAllBytesAsync(path, sound, EngineHarness.Cancellation);
        }
        Assert.True(refused > 0);
        Move(3);
    }

    private static async Task AssertAnswers(ScoringEngine engine)
    {
        var answers = (await File.ReadAllLinesAsync(Fixture("layout4-answers.csv"), EngineHarness.Cancellation))
            .Skip(1)
            .Select(line => line.Split(','))
            .ToList();
        var scores = await engine.GetScoresAsync(
            new("default", [.. answers.Select(a => a[0])], "engagement", At("2026-11-30T00:00:00Z")),
            EngineHarness.Cancellation
        );
        Assert.Equal(13, scores.Count);
        foreach (var (expected, score) in answers.Zip(scores))
        {
            Assert.Equal(double.Parse(expected[1], CultureInfo.InvariantCulture), score!.Score, 1e-9);
            Assert.Equal(expected[2], score.AccountId);
        }
        Assert.Equal([new("city", "Köln"), new("plan", "pro")], scores[0]!.Attributes);
        Assert.Equal(2, scores[0]!.ModelVersion);
        var health = await engine.GetAccountHealthAsync(
            new("default", "acme", 30, "", At("2026-11-30T00:00:00Z")),
            EngineHarness.Cancellation
        );
        Assert.Equal(7, health.Breadth.Seats);
        using var again = Samples.Batch([
            new("ada", "e1", "purchase", 12.5, At("2026-11-20T10:00:00Z"), "cart", "acme"),
            new("ada", "e2", "purchase", 2.25, At("2026-11-21T10:00:00Z")),
            new("bob", "e3", "login", At: At("2026-11-22T10:00:00Z")),
        ]);
        var sent = await engine.RecordAsync(again, EngineHarness.Cancellation);
        Assert.Equal((0, 3), (sent.Accepted, sent.Duplicates));
    }

    private void Unpack(string store)
    {
        Directory.CreateDirectory(From);
        using var file = File.OpenRead(Fixture($"layout4-{store}.tar.gz"));
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(unzipped, From, overwriteFiles: false);
    }

    private MoveReport Move(int partitions)
    {
        using var from = StoreFiles.Lock(new() { DataDirectory = From });
        using var to = FileStore.Lock(new() { DataDirectory = To });
        return StoreMove.Run(from, to, new() { Partitions = partitions }, EngineHarness.Cancellation);
    }

    private static Task<ScoringEngine> Open(string directory) =>
        ScoringEngine.OpenAsync(new() { DataDirectory = directory }, EngineHarness.Cancellation);

    private static Instant At(string time) => Instant.From(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture));

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Moving", name);
}
