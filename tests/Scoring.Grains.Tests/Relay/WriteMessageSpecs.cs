using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Grains.Relay;

namespace Scoring.Grains.Tests.Relay;

/// <summary>The form in which commands go between silos.</summary>
public sealed class WriteMessageSpecs
{
    private static readonly Serializer<WriteMessage> Serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer<WriteMessage>>();

    private static readonly Gen<HostWrite> AnyWrite =
        from workspace in Gen.Elements("w", "a-workspace-with-a-long-name_of-64-characters-which-is-the-longest")
        from kind in Gen.Elements(CommandKind.RecordEvents, CommandKind.UpsertCustomers, CommandKind.PruneNames)
        from count in Gen.Choose(0, 20)
        from parts in Gen.ArrayOf(AnyPart(), count)
        select new HostWrite(workspace, kind, parts);

    [Fact]
    public void What_is_read_is_what_was_written() =>
        Check.One(
            Config.QuickThrowOnFailure,
            Prop.ForAll(
                Arb.From(AnyWrite),
                write =>
                {
                    var read = Serializer.Deserialize(Serializer.SerializeToArray(new WriteMessage(write)))!.Write;
                    Assert.Equal((write.Workspace, write.Kind), (read.Workspace, read.Kind));
                    Assert.Equal(write.Parts.Select(Text), read.Parts.Select(Text));
                }
            )
        );

    [Fact]
    public void Payloads_are_sent_as_they_are_with_a_few_bytes_around_each()
    {
        var parts = Enumerable.Range(0, 64).Select(partition => Part(partition, new byte[1_024]));
        var sent = Serializer.SerializeToArray(new(new HostWrite("w", CommandKind.RecordEvents, [.. parts])));

        Assert.InRange(sent.Length, 64 * 1_024, 64 * (1_024 + 4));
    }

    [Fact]
    public void A_message_that_is_cut_short_or_of_another_version_is_refused()
    {
        var write = new HostWrite("w", CommandKind.RecordEvents, [Part(3, Encoding.UTF8.GetBytes("payload"))]);
        var sent = Serializer.SerializeToArray(new(write));

        Assert.ThrowsAny<Exception>(() => Serializer.Deserialize(sent.AsSpan()[..^3]));
        var version = sent.AsSpan().IndexOf([(byte)1, (byte)CommandKind.RecordEvents, (byte)1, (byte)'w']);
        sent[version] = 9;
        Assert.Throws<NotSupportedException>(() => Serializer.Deserialize(sent));
    }

    private static Gen<HostPart> AnyPart() =>
        from partition in Gen.Choose(0, 100_000)
        from length in Gen.Choose(0, 3_000)
        from seed in Gen.Choose(0, 1_000)
        select Part(partition, Bytes(length, seed));

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static HostPart Part(int partition, byte[] bytes)
    {
        var payload = new BlobWriter(Math.Max(1, bytes.Length));
        payload.Bytes(bytes);
        return new(partition, payload);
    }

    private static string Text(HostPart part) => $"{part.Partition}: {Convert.ToHexString(part.Payload.Written)}";
}
