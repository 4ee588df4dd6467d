using Google.Protobuf;

namespace Scoring.Rpc.Binding;

/// <summary>A message in its binary form, whatever its type.</summary>
internal interface IEncodedMessage
{
    ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The message as an object, for protocols that write it in another form.</summary>
    IMessage Parse();
}
