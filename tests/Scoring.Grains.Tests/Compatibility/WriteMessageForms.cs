using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Grains.Relay;

namespace Scoring.Grains.Tests.Compatibility;

/// <summary>An example of commands on their way to another silo.</summary>
internal static class WriteMessageForms
{
    private static readonly Serializer<WriteMessage> Serializer = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider()
        .GetRequiredService<Serializer<WriteMessage>>();

    public static byte[] Example =>
        Serializer.SerializeToArray(
            new(new HostWrite("w", CommandKind.RecordEvents, [Part(3, "first"u8), Part(200, default)]))
        );

    public static HostWrite Read(byte[] sent) => Serializer.Deserialize(sent)!.Write;

    private static HostPart Part(int partition, ReadOnlySpan<byte> bytes)
    {
        var payload = new BlobWriter();
        payload.Bytes(bytes);
        return new(partition, payload);
    }
}
