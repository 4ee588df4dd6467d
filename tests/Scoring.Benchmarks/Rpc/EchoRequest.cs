using System.Buffers.Binary;
using Google.Protobuf;

namespace Scoring.Benchmarks.Rpc;

/// <summary>The request of the echo.</summary>
internal static class EchoRequest
{
    /// <summary>A message with a payload of so many bytes, behind the prefix of gRPC.</summary>
    public static byte[] Framed(int payload)
    {
        var message = new EchoMessage { Payload = ByteString.CopyFrom(new byte[payload]) };
        var framed = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), framed.Length - 5);
        message.WriteTo(framed.AsSpan(5));
        return framed;
    }
}
