using Google.Protobuf;
using Scoring.Server.Errors;

namespace Scoring.Server.Calls;

/// <summary>Sees to it that no answer is larger than a message may be, which gRPC itself would answer with RESOURCE_EXHAUSTED: no retry helps.</summary>
/// <remarks>
/// <para>Answers for which one can ask for less are refused with what to ask for: scores of several customers, segments and
/// their histories; and all that is known of one customer, why its score changed, or what becomes of it, with what to set.</para>
/// <para>
/// Lists of models and names end a page early. The answer to a batch of writes leaves out texts (<see cref="Recording.WriteMessages"/>): it must come, for
/// what it tells of has been done. All other answers are shorter than the least that <see cref="FrontOptions.MaxMessageBytes"/> can be set to,
/// by the limits of what is in them: of one customer, account or model there are at most 67 KB, and 131 KB of names of event types; a history of one customer has at most 150 KB.
/// </para>
/// </remarks>
internal sealed class AnswerLimit(FrontOptions options)
{
    /// <summary>What clients of gRPC take unless they are told otherwise.</summary>
    private const int OrdinaryClients = 4 << 20;

    /// <summary>What a page has beside its elements.</summary>
    private const int BesideElements = 1_024;

    /// <summary>Tag and length of an element.</summary>
    private const int AroundElement = 6;

    /// <summary>The elements that fit on a page; at least one, if there is any and nothing else.</summary>
    /// <param name="elements">What is listed.</param>
    /// <param name="beside">Bytes of what else the answer has.</param>
    public List<T> Page<T>(IEnumerable<T> elements, int beside = 0)
        where T : IMessage
    {
        var page = new List<T>();
        var left = Math.Min(options.MaxMessageBytes, OrdinaryClients) - BesideElements - beside;
        foreach (var element in elements)
        {
            left -= element.CalculateSize() + AroundElement;
            if (left < 0 && (page.Count > 0 || beside > 0))
            {
                break;
            }
            page.Add(element);
        }
        return page;
    }

    /// <summary>Gives the answer if it is short enough.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="field">Which field of the request makes it long.</param>
    /// <param name="advice">What to ask for instead, given how many times too long it is.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: it is too long.</exception>
    public T Check<T>(T answer, string field, Func<double, string> advice)
        where T : IMessage
    {
        var size = answer.CalculateSize();
        return size <= options.MaxMessageBytes
            ? answer
            : throw CallErrors.AnswerTooLarge(
                field,
                size,
                options.MaxMessageBytes,
                advice((double)size / options.MaxMessageBytes)
            );
    }
}
