using System.Buffers;
using System.Text;
using Scoring.Rpc.Json;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Json;

public sealed class JsonMappingTests
{
    private const int Seed = 20261122;
    private const int Rounds = 20_000;

    private static readonly string[] Pieces =
    [
        """{"customerId":"c-1","inner":{"big":"9223372036854775807"}}""",
        """{"askedAt":"2025-11-22T08:26:40.500+01:00","mood":"MOOD_CURIOUS","payload":"AP8="}""",
        """{"packed":{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"3.000000001s"}}""",
        """{"packed":{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"1972-01-01T10:00:20Z"}}""",
        """{"packed":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"a":[null,true,1e-3,{}]}}}""",
        """{"packed":{"@type":"type.googleapis.com/google.protobuf.Any","value":{"@type":"type.googleapis.com/google.rpc.Help"}}}""",
    ];

    private readonly JsonMapping _mapping = new([AskReflection.Descriptor]);

    [Fact]
    public void Whatever_is_done_to_json_it_is_read_or_refused_as_invalid()
    {
        var random = new Random(Seed);
        var (read, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var json = Damage(random);
            try
            {
                _mapping.Parse(new ReadOnlySequence<byte>(json), Question.Descriptor);
                read++;
            }
            catch (RpcException error)
            {
                Assert.Equal(StatusCode.InvalidArgument, error.Code);
                refused++;
            }
            catch (Exception defect)
            {
                Assert.Fail($"{Encoding.Latin1.GetString(json)}: {defect}");
            }
        }

        Assert.True(read > 0 && refused > Rounds / 2, $"{read} read, {refused} refused");
    }

    [Fact]
    public void What_json_has_no_form_for_is_an_error_that_says_so()
    {
        var structure = new Google.Protobuf.WellKnownTypes.Struct { Fields = { [""] = new() { BoolValue = true } } };
        var packed = Google.Protobuf.WellKnownTypes.Any.Pack(structure);

        var error = Assert.Throws<RpcException>(() =>
            _mapping.Write(new ArrayBufferWriter<byte>(), new Question { Packed = packed })
        );

        Assert.Equal(StatusCode.Internal, error.Code);
        Assert.Contains("cannot be written as JSON", error.Message, StringComparison.Ordinal);
        Assert.False(_mapping.TryFormat(packed, out _));
    }

    /// <summary>Some of the bytes of one piece changed, left out, doubled, or replaced by a part of another.</summary>
    private static byte[] Damage(Random random)
    {
        var json = Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]).ToList();
        for (var changes = random.Next(1, 4); changes > 0 && json.Count > 0; changes--)
        {
            var at = random.Next(json.Count);
            switch (random.Next(5))
            {
                case 0:
                    json[at] = (byte)random.Next(256);
                    break;
                case 1:
                    json[at] = (byte)"{}[]\":,0-+eE.\\u@null"[random.Next(20)];
                    break;
                case 2:
                    json.RemoveRange(at, random.Next(Math.Min(8, json.Count - at) + 1));
                    break;
                case 3:
                    json.InsertRange(at, json.GetRange(at, random.Next(Math.Min(16, json.Count - at) + 1)));
                    break;
                default:
                    var other = Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]);
                    json.InsertRange(at, other[random.Next(other.Length)..]);
                    break;
            }
        }

        return [.. json];
    }
}
