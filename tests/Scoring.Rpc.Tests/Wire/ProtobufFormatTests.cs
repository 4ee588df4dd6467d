using System.Buffers;
using Scoring.Rpc.Messages;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Wire;

public sealed class ProtobufFormatTests
{
    [Theory]
    [InlineData(new byte[] { 0xff, 0xff })]
    [InlineData(new byte[] { 114, 1, 4 })] // An Int64Value that holds the end of a group.
    [InlineData(new byte[] { 114, 1, 12 })]
    public void Malformed_bytes_are_an_error_of_the_protocol(byte[] bytes)
    {
        var error = Assert.Throws<RpcException>(() =>
            new ProtobufFormat(StatusCode.InvalidArgument).Parse(new ReadOnlySequence<byte>(bytes), Question.Parser)
        );

        Assert.Equal(StatusCode.InvalidArgument, error.Code);
    }
}
