using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Orleans.Serialization;

namespace Scoring.Grains.Hosting;

/// <summary>Refuses a connection where another silo answers than the one that was called.</summary>
/// <remarks>
/// <para>
/// A server that is started again at once is another silo at the same address. Whoever does not know yet that the one before is gone calls that one and reaches
/// the new one, and Orleans takes the connection for a way to both. Ten seconds after it has learned that the former is dead it closes that way; what is on it
/// just then, to the new silo or from it, is lost without a word, and its caller waits as long as a call may take.
/// </para>
/// <para>
/// So it is seen who answers before Orleans sees it, and before anything is sent, as the other side takes what is sent first for a way back. To its caller
/// the silo that was called is one that cannot be reached.
/// </para>
/// </remarks>
internal sealed class SiloConnections(Serializer<SiloIntroduction> introductions)
{
    // Of Orleans' own connection, which is among the features. It is the silo that was called until Orleans has read who answers.
    private const string Called = "RemoteSiloAddress";

    /// <summary>Goes on with a connection that this silo has opened, of which nothing was read yet.</summary>
    /// <exception cref="ConnectionAbortedException">It is refused, or has ended.</exception>
    public async Task OpenedAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var called = connection
            .Features.Select(feature => feature.Value.GetType().GetProperty(Called)?.GetValue(feature.Value))
            .OfType<SiloAddress>()
            .FirstOrDefault();
        if (
            called is not null
            && await WhoAnswersAsync(connection.Transport.Input) is { } answers
            && !called.Equals(answers)
        )
        {
            throw new ConnectionAbortedException($"{answers} answers where {called} was called.");
        }
        await next(connection);
    }

    /// <summary>Who the other side says it is. That is left to be read once more.</summary>
    private async Task<SiloAddress?> WhoAnswersAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync();
            if (TryRead(read.Buffer, out var introduction))
            {
                input.AdvanceTo(read.Buffer.Start);
                return introduction.Silo;
            }
            if (read.IsCompleted || read.IsCanceled)
            {
                throw new ConnectionAbortedException("The connection ended before anybody answered.");
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Its length in 4 bytes, then what is said.</summary>
    private bool TryRead(ReadOnlySequence<byte> received, [NotNullWhen(true)] out SiloIntroduction? introduction)
    {
        introduction = null;
        var reader = new SequenceReader<byte>(received);
        if (!reader.TryReadLittleEndian(out int length) || !reader.TryReadExact(length, out var said))
        {
            return false;
        }
        try
        {
            introduction = introductions.Deserialize(said)!;
        }
        catch (Exception e) when (e is SerializerException or InvalidOperationException or FormatException)
        {
            // Another version of Orleans may say it in another way; then it is not known who answers, and Orleans goes on as it does without this.
            introduction = new();
        }
        return true;
    }
}
