using Google.Protobuf;
using Scoring.Core.Listing;
using Scoring.Server.Calls;

namespace Scoring.Server.Listing;

/// <summary>As much of a page as fits into an answer.</summary>
/// <param name="Items">What fits.</param>
/// <param name="Next">Leads to what follows; null when nothing does.</param>
internal readonly record struct ListAnswer<TMessage>(IReadOnlyList<TMessage> Items, ListPlace? Next)
    where TMessage : IMessage
{
    /// <summary>The answer for a page; of whom nothing is known any more is left out.</summary>
    public static ListAnswer<TMessage> Of<T>(ListPage<T> page, AnswerLimit limit, Func<T, TMessage> toProto)
        where T : class
    {
        var known = page.Items.Select((item, i) => (Item: item, Place: i)).Where(of => of.Item is not null).ToList();
        var fitting = limit.Page(known.Select(of => toProto(of.Item!)));
        return new(fitting, page.After(fitting.Count < known.Count ? known[fitting.Count].Place : page.Items.Count));
    }
}
