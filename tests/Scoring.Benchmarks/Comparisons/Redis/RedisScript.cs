using System.Buffers;
using System.Globalization;
using Scoring.Benchmarks.Comparisons.Ingest;

namespace Scoring.Benchmarks.Comparisons.Redis;

/// <summary>The work per event as a script within Redis: duplicate check with expiry, counter per type, score in the segment, member of the account.</summary>
/// <param name="Digest">What Redis knows the script by.</param>
/// <param name="PerEvent">Whether it is called once per event; otherwise once per batch.</param>
internal sealed record RedisScript(string Digest, bool PerEvent)
{
    /// <summary>Six arguments per event: event, customer, account, segment, type, weight; the answer is how many were new.</summary>
    private const string Text = """
        local accepted = 0
        for i = 1, #ARGV, 6 do
          local customer = ARGV[i + 1]
          if redis.call('SET', customer .. ARGV[i], 1, 'NX', 'EX', 3600) then
            redis.call('HINCRBYFLOAT', customer, ARGV[i + 4], 1)
            redis.call('ZINCRBY', ARGV[i + 3], ARGV[i + 5], customer)
            redis.call('SADD', ARGV[i + 2], customer)
            accepted = accepted + 1
          end
        end
        return accepted
        """;

    /// <summary>For one event there is no loop to be paid for.</summary>
    private const string SingleText = """
        if not redis.call('SET', ARGV[2] .. ARGV[1], 1, 'NX', 'EX', 3600) then
          return 0
        end
        redis.call('HINCRBYFLOAT', ARGV[2], ARGV[5], 1)
        redis.call('ZINCRBY', ARGV[4], ARGV[6], ARGV[2])
        redis.call('SADD', ARGV[3], ARGV[2])
        return 1
        """;

    public static async Task<RedisScript> LoadAsync(RedisServer redis, bool perEvent)
    {
        var answer = await redis.CommandAsync("SCRIPT", "LOAD", perEvent ? SingleText : Text);
        return new RedisScript(answer.Split("\r\n")[1], perEvent);
    }

    /// <summary>The answer to every call when all events are new.</summary>
    public byte[] Answer => PerEvent ? ":1\r\n"u8.ToArray() : ":1000\r\n"u8.ToArray();

    public int AnswersPerBatch => PerEvent ? Traffic.BatchSize : 1;

    /// <summary>A batch to be filled in: one pipelined write.</summary>
    public BatchTemplate Template()
    {
        var output = new ArrayBufferWriter<byte>();
        var events = Enumerable.Range(0, Traffic.BatchSize).Select(Arguments).ToList();
        if (PerEvent)
        {
            events.ForEach(arguments => RespWriter.Write(output, ["EVALSHA", Digest, "0", .. arguments]));
        }
        else
        {
            RespWriter.Write(output, ["EVALSHA", Digest, "0", .. events.SelectMany(arguments => arguments)]);
        }

        return new BatchTemplate(output.WrittenSpan.ToArray());
    }

    private static string[] Arguments(int place)
    {
        var (type, weight) = Traffic.TypeAt(place);
        return
        [
            Traffic.AnyEvent,
            Traffic.AnyCustomer,
            Traffic.AnyAccount,
            Traffic.AnySegment,
            type,
            weight.ToString(CultureInfo.InvariantCulture),
        ];
    }
}
