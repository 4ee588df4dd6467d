using Scoring.Engine.Hosting;

namespace Scoring.Grains.Relay;

/// <summary>Commands on their way to another silo.</summary>
/// <remarks>Its payloads lie in pooled buffers at both ends, and go from one into the other without a copy between: see <see cref="WriteMessageCodec"/>.</remarks>
/// <param name="write">The commands.</param>
[Alias("scoring.write-message")]
internal sealed class WriteMessage(HostWrite write)
{
    public HostWrite Write { get; } = write;
}
