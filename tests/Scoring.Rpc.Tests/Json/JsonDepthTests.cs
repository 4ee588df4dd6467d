using System.Buffers;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Scoring.Rpc.Json;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Json;

/// <summary>Neither reading nor writing may exhaust the stack, which would end the process.</summary>
public sealed class JsonDepthTests
{
    private readonly JsonMapping _mapping = new([AskReflection.Descriptor]);

    [Theory]
    [InlineData("""{"inner":""", "}")]
    [InlineData("""{"answers":[""", "]}")]
    [InlineData("""{"named":{"a":""", "}}")]
    [InlineData("""{"anything":{"a":""", "}}")]
    [InlineData("""{"packed":{"@type":"a/scoring.rpc.test.Question","inner":""", "}}")]
    public void Text_that_is_nested_too_deep_is_refused(string open, string close)
    {
        var error = Assert.Throws<RpcException>(() => Parse(Nested(open, close, 60_000)));

        Assert.Equal(StatusCode.InvalidArgument, error.Code);
        Assert.Contains("depth", error.Message, StringComparison.Ordinal);
        _ = Parse(Nested("""{"inner":""", "}", 99));
    }

    [Fact]
    public void Text_that_packs_messages_into_one_another_too_deep_is_refused()
    {
        var packed = Nested("""{"@type":"a/google.protobuf.Any","value":""", "}", 60_000);

        var error = Assert.Throws<RpcException>(() => Parse($$"""{"packed":{{packed}}}"""));

        Assert.Equal(StatusCode.InvalidArgument, error.Code);
        Assert.Contains("depth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_packed_too_deep_is_not_written()
    {
        var output = new ArrayBufferWriter<byte>();

        var error = Assert.Throws<RpcException>(() => _mapping.Write(output, new Question { Packed = Packed(20_000) }));

        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.Contains("nested deeper than 100", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, output.WrittenCount);
        Assert.False(_mapping.TryFormat(Packed(20_000), out _));
        _mapping.Write(output, new Question { Packed = Packed(50), Named = { ["a"] = new Question() } });
        Assert.True(_mapping.TryFormat(Packed(50), out _));
    }

    private static string Nested(string open, string close, int times) =>
        new StringBuilder().Insert(0, open, times).Append("{}").ToString()
        + new StringBuilder().Insert(0, close, times);

    private static Any Packed(int times)
    {
        var any = Any.Pack(new Question { CustomerId = "c-1" });
        for (; times > 0; times--)
        {
            any = Any.Pack(any);
        }

        return any;
    }

    private Question Parse(string json) =>
        (Question)_mapping.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), Question.Descriptor);
}
