using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

public sealed class PartitionTests
{
    private static readonly Instant Received = new(630_000_000_000_000_000);

    /// <summary>Commands of two workspaces, which use the same ids, and of all sizes: what they touch is asked for some events at a time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_entry_of_many_commands_does_what_these_do_one_by_one(int seed)
    {
        var random = new Random(seed);
        byte[][] commands = [.. Enumerable.Range(0, 200).Select(_ => ACommand(random))];
        var (together, apart) = (APartition(), APartition());

        var outcomes = Apply(together, [.. commands.SelectMany(command => command)]);
        var expected = commands.SelectMany(command => Apply(apart, command)).ToList();

        Assert.Equal(expected.Select(Counts), outcomes.Select(Counts));
        Assert.All(
            (int[])
                [expected.Sum(o => o.Accepted), expected.Sum(o => o.Duplicates), expected.Sum(o => o.Rejections.Count)],
            count => Assert.NotEqual(0, count)
        );
        foreach (var (share, other) in together.Shares.Zip(apart.Shares))
        {
            Assert.Equal(Rows(other), Rows(share));
        }

        static (int, int, int) Counts(CommandOutcome outcome) =>
            (outcome.Accepted, outcome.Duplicates, outcome.Rejections.Count);
    }

    private static Partition APartition() =>
        new(
            0,
            [new WorkspaceShare(0, new() { Name = "default" }), new WorkspaceShare(1, new() { Name = "other" })],
            new(TimeSpan.FromHours(1), 1_000, 1_000)
        );

    private static byte[] ACommand(Random random)
    {
        using var payload = new BlobWriter();
        var kind = random.Next(4) == 0 ? CommandKind.UpsertCustomers : CommandKind.RecordEvents;
        var items = random.Next(5) == 0 ? random.Next(150) : random.Next(6);
        if (kind == CommandKind.UpsertCustomers)
        {
            for (var i = 0; i < items; i++)
            {
                UpdateCodec.Write(payload, i, new CustomerUpdate(ACustomer(random), "acme", []));
            }
        }
        else
        {
            using var events = Samples.Batch([
                .. Enumerable
                    .Range(0, items)
                    .Select(_ => new Sample(
                        ACustomer(random),
                        random.Next(9) == 0 ? "" : $"{random.Next(20)}",
                        random.Next(2) == 0 ? "login" : "visit",
                        1,
                        Received
                    )),
            ]);
            payload.Bytes(events.Encoded.Span);
        }
        var command = new Command
        {
            Kind = kind,
            Workspace = random.Next(2),
            ReceivedAt = Received,
            Payload = payload.Written,
        };
        var encoded = new byte[Command.HeaderBytes + payload.Length];
        _ = command.Write(encoded);
        return encoded;
    }

    private static string ACustomer(Random random) => $"customer-{random.Next(50)}";

    private static List<CommandOutcome> Apply(Partition partition, ReadOnlySpan<byte> entry)
    {
        var outcomes = new List<CommandOutcome>();
        partition.Apply(partition.AppliedEntry + 1, entry, outcomes);
        return outcomes;
    }

    private static IEnumerable<byte[]> Rows(WorkspaceShare share) =>
        Enumerable
            .Range(0, share.Population.Count)
            .Select(row => BlobWriter.Encode(blob => share.Population.Write(row, blob)));
}
