using System.Buffers.Text;
using System.Text;
using Google.Protobuf;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Calls;

/// <summary>Answers a list page by page.</summary>
/// <param name="list">The list, which tells its tokens from those of others.</param>
/// <param name="ordinary">Elements of a page for those who ask for no number.</param>
/// <param name="largest">Most elements that may be asked for.</param>
/// <param name="placeOf">Where an element stands: the list is in the order of these texts (ordinal).</param>
internal sealed class Paging<T>(string list, int ordinary, int largest, Func<T, string> placeOf)
{
    private const int LongestToken = 512;

    // In a form that invites nobody to build on it.
    private readonly string _tokenPrefix = list + "/1/";

    /// <summary>Reads what page is asked for.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: there is no such page.</exception>
    public PageWanted Read(int pageSize, string pageToken)
    {
        var size = Counts.Read(pageSize, "page_size", ordinary, largest);
        return new(PlaceBefore(pageToken), size);
    }

    /// <summary>The elements of a page, as many as fit into an answer.</summary>
    /// <param name="wanted">The page.</param>
    /// <param name="all">All elements, in order.</param>
    /// <param name="toProto">An element as it is answered.</param>
    /// <param name="limit">What an answer may have.</param>
    /// <param name="nextPageToken">Leads to the next page; empty when this is the last.</param>
    public List<TMessage> Cut<TMessage>(
        PageWanted wanted,
        IEnumerable<T> all,
        Func<T, TMessage> toProto,
        AnswerLimit limit,
        out string nextPageToken
    )
        where TMessage : IMessage
    {
        var rest = all.SkipWhile(element => string.CompareOrdinal(placeOf(element), wanted.After) <= 0).ToList();
        var page = limit.Page(rest.Take(wanted.Size).Select(toProto));
        nextPageToken = page.Count < rest.Count ? TokenAfter(rest[page.Count - 1]) : "";
        return page;
    }

    /// <summary>Leads to the page that begins behind an element.</summary>
    public string TokenAfter(T element) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(_tokenPrefix + placeOf(element)));

    /// <summary>The status of a token that is none of this list.</summary>
    public static Grpc.Core.RpcException NoSuchPage() =>
        CallErrors.From(
            FieldFault.Invalid(
                "page_token",
                "must be the next_page_token of an earlier answer, or empty for the first page"
            )
        );

    private string PlaceBefore(string token)
    {
        if (token.Length == 0)
        {
            return "";
        }
        if (token.Length <= LongestToken && Base64Url.IsValid(token))
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (text.StartsWith(_tokenPrefix, StringComparison.Ordinal))
            {
                return text[_tokenPrefix.Length..];
            }
        }
        throw NoSuchPage();
    }
}

/// <summary>What page of a list is asked for.</summary>
/// <param name="After">The place behind which it begins; empty for the first.</param>
/// <param name="Size">Most elements.</param>
internal readonly record struct PageWanted(string After, int Size);
